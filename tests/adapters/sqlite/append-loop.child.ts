import { writeSync } from 'node:fs';

import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { ExpectedRevision } from '../../../src/ports/event-log.ts';
import { range, someEvent, uniqueStream } from '../../support/event-log.ts';

/**
 * Appends batches to the log named by the first argument, several concurrently, until it is killed
 * or an append fails. Prints a line before each append and another one after its outcome.
 */
const [path = ''] = process.argv.slice(2);
const WRITERS = 8;
const BATCH = 3;

const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });

/** Writes a whole line before it goes on, also into a pipe that is full while its reader is slow. */
function say(line: object): void {
  let rest = Buffer.from(`${JSON.stringify(line)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

async function writeOn(): Promise<void> {
  const stream = uniqueStream('order');
  let expected: ExpectedRevision = 'no-stream';
  for (;;) {
    const events = range(BATCH).map((n) => someEvent({ n, text: 'x'.repeat(500) }));
    say({ kind: 'given', stream, expected, events });
    const outcome = await log.append(stream, expected, events);
    say({ kind: outcome.outcome, stream, expected, ids: events.map(({ id }) => id) });
    if (outcome.outcome !== 'done') return;
    expected = outcome.revision;
  }
}

await Promise.all(range(WRITERS).map(writeOn));
say({ kind: 'head', commit: String((await log.head()).commit) });
