import type { Sequence } from '../engine/commands/sequence.ts';
import type { ApiRequest } from './route.ts';
import type { Services } from './services.ts';

/**
 * Several commands of the caller, with ids made from the request's key. `causationId` is the event
 * that leads to the next ones, as when a process completes them.
 */
export function sequenceOf(
  { caller, commandId, correlationId, origin }: ApiRequest<unknown, unknown, unknown>,
  { commands, clock, calendar }: Services,
  causationId = correlationId,
): Sequence {
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
