import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { CallerOrigin } from '../../domain/kernel/event.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { RequestContext } from '../http/request-context.ts';
import type { Route } from '../route.ts';
import type { Services } from '../services.ts';

export function isDenial(error: unknown): error is TillstreamError {
  return error instanceof TillstreamError && error.code === 'forbidden';
}

/** Records a denial before it is answered. */
export async function recordDenial(
  { identity }: Services,
  { operationId: operation }: Route,
  { caller, correlationId, origin }: RequestContext & { readonly origin: CallerOrigin },
  { details }: TillstreamError,
): Promise<void> {
  if (!caller) return;
  const named = details['permission'];
  const permission = typeof named === 'string' ? named : undefined;
  await identity.incidents.record({
    storeId: caller.shop.id,
    actor: caller.actor,
    correlationId,
    origin,
    event: {
      type: 'AccessDenied',
      data: {
        severity: 'MEDIUM',
        action: 'PERMISSION_CHECK_FAILED',
        operation,
        ...omitUndefined({ permission }),
      },
    },
  });
}
