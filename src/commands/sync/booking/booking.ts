import type { Command, CommandContext } from '../../../domain/kernel/decider.ts';
import { DomainError, TillstreamError } from '../../../domain/kernel/errors.ts';
import type { DomainEvent } from '../../../domain/kernel/event.ts';
import {
  type Fact,
  type FactFlag,
  type FactTime,
  instantOf,
  type KeptFact,
} from '../../../domain/sync/index.ts';
import type {
  AnyDeciderOf,
  CommandEngine,
  CommandResult,
} from '../../../engine/commands/command-engine.ts';
import { isFinalRefusal } from '../../../engine/commands/final-refusal.ts';
import { followUp } from '../../../engine/commands/follow-up.ts';
import type { Clock } from '../../../ports/clock.ts';

/** A fact that is booked, by the request that brought it or by the process. */
export interface Booking {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly storeId: string;
  readonly fact: Fact;
  /** Where and when the fact was kept. */
  readonly kept: KeptFact;
  readonly time: FactTime;
}

/** What became of a fact: booked, or not what it says it is. */
export type Booked =
  | { readonly flags: readonly FactFlag[] }
  | { readonly rejected: { readonly code: string; readonly detail: string } };

/** Client keys hold no space, so no client can use such an id. */
export function bookingContext(
  { storeId, time }: Pick<Booking, 'storeId' | 'time'>,
  entityId: string,
  commandId: string,
): CommandContext {
  const { businessDay } = time;
  return { storeId, entityId, commandId, now: instantOf(time), businessDay };
}

/**
 * Books a part of a fact by a command, exactly once for its id.
 * @returns the error when the rules refuse it finally.
 */
export async function book<State, Cmd extends Command, Event extends DomainEvent>(
  booking: Booking,
  decider: AnyDeciderOf<State, Cmd, Event>,
  { entityId, commandId, command }: { entityId: string; commandId: string; command: Cmd },
): Promise<CommandResult<State, Event> | TillstreamError> {
  const { fact } = booking;
  try {
    return await followUp(booking, decider, {
      command,
      context: bookingContext(booking, entityId, commandId),
      actor: { kind: 'device', id: fact.deviceId },
      deviceId: fact.deviceId,
      occurredAt: fact.occurredAt,
      correlationId: `fact ${fact.id}`,
      causationId: `fact ${fact.id}`,
    });
  } catch (error) {
    if (isFinalRefusal(error)) return error;
    throw error;
  }
}

/** Runs rules without recording anything. @returns the error when they refuse. */
export function tryRules<T>(rules: () => T): T | TillstreamError {
  try {
    return rules();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

export const isError = (value: unknown): value is TillstreamError =>
  value instanceof TillstreamError;

export const rejectedBy = ({ code, message }: TillstreamError): Booked => ({
  rejected: { code, detail: message },
});
