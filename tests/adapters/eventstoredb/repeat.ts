import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import type { EventLog, ExpectedRevision } from '../../../src/ports/event-log.ts';
import type { Done } from '../../support/event-log.ts';

const MAX_REPEATS = 600;
const BETWEEN_MS = 100;

/**
 * Repeats the identical append with pauses, as every user of the port must, until the server is
 * back and reports it as stored.
 */
export async function repeatUntilDone(
  log: EventLog,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<Done> {
  for (let i = 0; i < MAX_REPEATS; i += 1) {
    const outcome = await log.append(stream, expected, events);
    if (outcome.outcome === 'done') return outcome;
    if (outcome.outcome === 'conflict') {
      throw new Error(`expected ${stream} at ${expected}, found it at ${outcome.actual}`);
    }
    await systemClock.sleep(BETWEEN_MS);
  }
  throw new Error(`expected an append to ${stream} to be done, found no answer to any repeat`);
}
