import type { NewEvent } from '../../domain/kernel/event.ts';
import { streamName, SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { Position } from '../../domain/kernel/position.ts';
import { PROCESS_CATEGORY } from '../../domain/kernel/processes/events.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';

const MAX_TRIES = 5;

/**
 * Where a process began in this log: at the event that says so, which is appended when there is
 * none. The log remembers it, so that a lost checkpoint does not make history happen again.
 */
export async function enabledAt(log: EventLog, ids: Ids, process: string): Promise<Position> {
  const stream = streamName(PROCESS_CATEGORY, SYSTEM_STORE, process);
  const event = enabled(ids.uuid(), process);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const [first] = await log.readStream(stream, { limit: 1 });
    if (first) return first.position;
    // Whatever the outcome, the next read shows which event holds.
    await log.append(stream, 'no-stream', [event]);
  }
  throw new Error(`expected ${stream} to be found after ${MAX_TRIES} tries`);
}

function enabled(id: string, process: string): NewEvent {
  return {
    id,
    type: 'ProcessEnabled',
    data: { process },
    metadata: {
      storeId: SYSTEM_STORE,
      commandId: id,
      fields: {},
      correlationId: id,
      causationId: id,
      actor: { kind: 'process', id: process },
      schemaVersion: 1,
    },
  };
}
