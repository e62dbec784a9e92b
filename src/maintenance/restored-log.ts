import { openSqliteEventLog } from '../adapters/sqlite/event-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemIds } from '../adapters/system/ids.ts';
import { formatInstant } from '../domain/kernel/instant.ts';
import { restoreDecider, restoreRequest } from '../domain/restores/index.ts';
import { createCommandEngine } from '../engine/commands/command-engine.ts';
import { eventTypesOf } from '../features/event-types.ts';
import { features } from '../features/index.ts';

/**
 * Records in a copy of a log that it is one, before any server opens it: what was promised after
 * the copy was made, such as fiscal numbers, is not promised again.
 * @returns the generation of the log from now on.
 */
export async function markRestored(path: string, reason: string): Promise<number> {
  const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
  try {
    const types = eventTypesOf(features);
    const commands = createCommandEngine({ log, clock: systemClock, ids: systemIds, types });
    const commandId = systemIds.uuid();
    const { state } = await commands.execute(
      restoreDecider,
      restoreRequest({
        ...{ commandId, correlationId: commandId, reason },
        actor: { kind: 'system', id: 'restore' },
        now: formatInstant(systemClock.now()),
      }),
    );
    return state.generation;
  } finally {
    await log.close();
  }
}
