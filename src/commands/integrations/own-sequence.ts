import { formatInstant } from '../../domain/kernel/instant.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';

export interface OwnSequenceParts {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly calendar: Calendar;
}

/** Commands that no request and no event leads to: the product itself found what they record. */
export function ownSequence(
  { commands, clock, calendar }: OwnSequenceParts,
  storeId: string,
  commandId: string,
): Sequence {
  const nowMs = clock.now();
  return {
    ...{ commands, clock, commandId },
    context: {
      ...{ storeId, now: formatInstant(nowMs) },
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    envelope: {
      actor: { kind: 'system', id: 'integrations' },
      ...{ correlationId: commandId, causationId: commandId, origin: undefined },
    },
  };
}
