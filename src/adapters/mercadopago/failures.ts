import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import type { ProviderFailure } from '../../ports/provider-client.ts';

const Code = Type.Union([Type.Integer(), Type.String()]);
const ErrorBody = Type.Object({
  error: Type.String(),
  cause: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.Object({ code: Code }))])),
});

/** Failures of a system behind the provider. */
const RETRY = new Set(['2004', '2007']);
const DUPLICATE = new Set([
  ...['2001', '2032', '2063', 'idempotency_key_already_used'],
  ...['order_already_refunded', 'refund_in_progress'],
]);
const TRANSIENT = new Set([408, 423, 424, 429]);

/** The class of an error of Mercado Pago: the first cause says more than the status. */
export function mercadopagoFailure(body: unknown, status: number): ProviderFailure | undefined {
  if (!Value.Check(ErrorBody, body)) return undefined;
  const code = String(body.cause?.[0]?.code ?? body.error);
  if (status === 401 || body.error === 'unauthorized') return { kind: 'auth', code };
  if (body.error === 'invalid_grant') return { kind: 'auth', code, isRevoked: true };
  if (status === 403) return { kind: 'auth', code, isRevoked: true };
  if (DUPLICATE.has(code)) return { kind: 'duplicate', code };
  const isTransient = status < 400 || status === 409 || status >= 500 || TRANSIENT.has(status);
  if (isTransient || RETRY.has(code)) return { kind: 'retry', code, isUnknown: true };
  return { kind: 'permanent', code };
}
