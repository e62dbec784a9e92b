import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import type { ProviderFailure } from '../../ports/provider-client.ts';

const Errors = Type.Array(Type.Object({ code: Type.Optional(Type.String()) }), { minItems: 1 });
const FaultBody = Type.Object({
  Fault: Type.Object({ Error: Errors, type: Type.Optional(Type.String()) }),
});
/** The gateway before the provider writes its names small. */
const GatewayBody = Type.Object({
  fault: Type.Object({ error: Errors, type: Type.Optional(Type.String()) }),
});

const RETRY = new Set(['003001', '3001', '10000']);
const DUPLICATE = new Set(['6240', '6140', '5010']);
/** The user lost its rights, or the subscription has lapsed. */
const REVOKED = new Set(['120', '6190', '3100']);

/** The class of a fault of QuickBooks, which can also come with status 200. */
export function quickbooksFailure(body: unknown, status: number): ProviderFailure | undefined {
  const fault = faultIn(body);
  if (!fault) return undefined;
  const { code, type } = fault;
  if (REVOKED.has(code)) return { kind: 'auth', code, isRevoked: true };
  if (status === 401 || type === 'AuthenticationFault') return { kind: 'auth', code };
  if (DUPLICATE.has(code)) return { kind: 'duplicate', code };
  const isTransient = status >= 500 || status === 429 || type === 'SystemFault';
  if (isTransient || RETRY.has(code)) return { kind: 'retry', code, isUnknown: true };
  return { kind: 'permanent', code };
}

function faultIn(body: unknown): { readonly code: string; readonly type: string } | undefined {
  const known = Value.Check(FaultBody, body)
    ? { errors: body.Fault.Error, type: body.Fault.type }
    : Value.Check(GatewayBody, body)
      ? { errors: body.fault.error, type: body.fault.type }
      : undefined;
  return known && { code: known.errors[0]?.code ?? 'unknown', type: known.type ?? '' };
}
