import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import type { ProviderFailure } from '../../ports/provider-client.ts';

const ErrorBody = Type.Object({ error: Type.String() });

/** The grant, or the app itself, does not serve. */
const AUTH = new Set([
  ...['invalid_grant', 'invalid_client', 'unauthorized_client', 'access_denied'],
]);
const RETRY = new Set(['temporarily_unavailable', 'server_error', 'too_many_requests']);

/** The class of an error of a token endpoint, as RFC 6749 has it (5.2). */
export function oauthFailure(body: unknown, status: number): ProviderFailure | undefined {
  if (!Value.Check(ErrorBody, body)) return undefined;
  const code = body.error;
  if (AUTH.has(code) || status === 401) return { kind: 'auth', code };
  const isTransient = status >= 500 || status === 429 || status === 408;
  if (isTransient || RETRY.has(code)) return { kind: 'retry', code, isUnknown: true };
  return { kind: 'permanent', code };
}
