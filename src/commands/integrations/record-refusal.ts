import { integrationDecider } from '../../domain/integrations/index.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { dispatch } from '../../engine/commands/sequence.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { TokenOwner } from './tokens.ts';

interface Parts {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly ids: Ids;
}

/**
 * Records that a provider has ended the grant of a connection. Once: a connection that is refused
 * already, or has other credentials by now, records nothing.
 */
export async function recordRefusal(
  { commands, clock, calendar, ids }: Parts,
  { storeId, provider, credentialsId }: TokenOwner,
  code: string,
): Promise<void> {
  const nowMs = clock.now();
  const commandId = `refused ${ids.uuid()}`;
  const sequence = {
    ...{ commands, clock, commandId },
    context: {
      ...{ storeId, now: formatInstant(nowMs) },
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    envelope: {
      actor: { kind: 'system', id: 'integrations' },
      ...{ correlationId: commandId, causationId: commandId, origin: undefined },
    },
  } as const;
  const data = { credentialsId, isAccepted: false, code };
  const command = { type: 'RecordTest', data } as const;
  await dispatch(sequence, commandId, integrationDecider, provider, command);
}
