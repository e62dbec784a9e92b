import type { EventLog, ExpectedRevision } from '../../../src/ports/event-log.ts';
import { someEvents } from '../../support/event-log.ts';
import { repeatUntilDone } from './repeat.ts';

const EVENTS_PER_APPEND = 2;

export interface Writers {
  /** Events acknowledged so far, by stream. */
  readonly written: ReadonlyMap<string, number>;
  readonly total: () => number;
  /** Resolves when so many more events have been acknowledged. */
  untilWritten(more: number): Promise<void>;
  /** Stops after the pending appends; rejects when a writer had an unexpected outcome. */
  stop(): Promise<void>;
}

/**
 * One writer for each stream, appending numbered events one after the other, until it is stopped.
 */
export function startWriters(log: EventLog, streams: readonly string[]): Writers {
  const written = new Map<string, number>();
  const total = () => [...written.values()].reduce((sum, count) => sum + count, 0);
  let goal = { events: 0, reached: () => {} };
  let writing = true;

  async function write(stream: string): Promise<void> {
    let expected: ExpectedRevision = 'no-stream';
    for (let n = 0; writing; n += EVENTS_PER_APPEND) {
      const events = someEvents(EVENTS_PER_APPEND, n);
      expected = (await repeatUntilDone(log, stream, expected, events)).revision;
      written.set(stream, n + EVENTS_PER_APPEND);
      if (total() >= goal.events) goal.reached();
    }
  }

  const all = Promise.all(streams.map(write));
  // The waits for a goal or for the end report it.
  all.catch(() => undefined);
  return {
    written,
    total,
    async untilWritten(more) {
      const reached = new Promise<void>((resolve) => {
        goal = { events: total() + more, reached: resolve };
      });
      await Promise.race([reached, all]);
    },
    async stop() {
      writing = false;
      await all;
    },
  };
}
