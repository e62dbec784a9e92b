import {
  MAX_SETTLED_ID_LENGTH,
  type Settlement,
} from '../../../commands/settlement/settle-order.ts';
import { RequestError } from '../../problem.ts';
import type { ApiRequest } from '../../route.ts';
import type { Services } from '../../services.ts';

/**
 * Settles between order and account for the caller, with ids made from the request's key. The cause
 * of the next events is the requesting event, as when the settlement process completes them.
 */
export function settlementOf(
  { caller, commandId, correlationId, origin }: ApiRequest<unknown, unknown, unknown>,
  { commands, clock, calendar }: Services,
  causationId = correlationId,
): Settlement {
  const storeId = caller.shop.id;
  const nowMs = clock.now();
  return {
    commands,
    clock,
    commandId,
    context: {
      storeId,
      now: new Date(nowMs).toISOString(),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    envelope: {
      actor: caller.actor,
      correlationId,
      causationId,
      origin,
    },
  };
}

/** @throws RequestError when ids made from the key would be too long to store. */
export function assertSettleable(commandId: string): void {
  if (commandId.length <= MAX_SETTLED_ID_LENGTH) return;
  const message = `expected at most ${MAX_SETTLED_ID_LENGTH} characters, found ${commandId.length}`;
  throw new RequestError('invalid_request', `header Idempotency-Key: ${message}`, [
    { in: 'header', path: '/Idempotency-Key', message },
  ]);
}
