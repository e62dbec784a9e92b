import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import type { ProviderFailure } from '../../ports/provider-client.ts';

const ErrorBody = Type.Object({
  errors: Type.Array(Type.Object({ category: Type.String(), code: Type.String() }), {
    minItems: 1,
  }),
});

const RETRY = new Set([
  ...['RATE_LIMITED', 'INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'BAD_GATEWAY'],
  ...['GATEWAY_TIMEOUT', 'REQUEST_TIMEOUT', 'TEMPORARY_ERROR', 'too_many_requests'],
]);
const REVOKED = new Set([
  ...['ACCESS_TOKEN_REVOKED', 'CLIENT_DISABLED', 'APPLICATION_DISABLED'],
  ...['INSUFFICIENT_SCOPES', 'FORBIDDEN'],
]);
const DUPLICATE = new Set([
  ...['IDEMPOTENCY_KEY_REUSED', 'VERSION_MISMATCH', 'CONFLICT', 'REFUND_ALREADY_PENDING'],
]);

/** The class of an error of Square. Codes are open: new ones come without a new version. */
export function squareFailure(body: unknown, status: number): ProviderFailure | undefined {
  if (!Value.Check(ErrorBody, body)) return undefined;
  const [{ category, code } = NONE] = body.errors;
  if (REVOKED.has(code)) return { kind: 'auth', code, isRevoked: true };
  if (category === 'AUTHENTICATION_ERROR' || status === 401) return { kind: 'auth', code };
  if (DUPLICATE.has(code) || status === 409) return { kind: 'duplicate', code };
  const isTransient = status >= 500 || status === 429 || status === 408;
  if (RETRY.has(code) || isTransient || category === 'API_ERROR') {
    return { kind: 'retry', code, isUnknown: true };
  }
  return { kind: 'permanent', code };
}

const NONE: Static<typeof ErrorBody>['errors'][number] = { category: 'API_ERROR', code: 'UNKNOWN' };
