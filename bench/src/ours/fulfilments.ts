import type Libsql from 'libsql';

import { openFile, ORDER_ENDS, SAGA_WORK, SPAN } from '../inputs/log-file.ts';

const POLL_MS = 250;
/** Without another end for so long, no more will come. */
const PATIENCE_MS = 60_000;

/** What became of the orders that fulfil themselves. */
export interface Fulfilments {
  readonly confirmed: number;
  readonly refused: number;
  /** From PENDING to the end of each, by the times that the log recorded. */
  readonly tookMs: readonly number[];
  /** From the first that was placed to the last that ended. */
  readonly wholeMs: number;
}

/** What their fulfilment wrote: every event that came after the log was at `after`. */
export interface Work {
  readonly appends: number;
  readonly events: number;
  readonly bytes: number;
}

export interface Fulfilled {
  /** The newest position: what came before is not counted afterwards. */
  position(): number;
  /** Waits until so many orders that were placed after that position have ended. */
  untilEnded(orders: number, after: number): Promise<Fulfilments>;
  workSince(after: number): Work;
  /** From the first event after that position to the newest. */
  spanSince(after: number): number;
  close(): void;
}

/** Reads the log beside the server, which so has nothing to do but its work. */
export function openFulfilled(logFile: string): Fulfilled {
  const db: Libsql.Database = openFile(logFile, 'NORMAL');
  const ends = db.prepare(ORDER_ENDS).raw();
  const span = db.prepare(SPAN).raw();
  const work = db.prepare(SAGA_WORK).raw();

  function look(after: number): Fulfilments {
    const rows = ends.all(after) as [placedAt: string, endedAt: string, status: string][];
    const confirmed = rows.filter(([, , status]) => status === 'CONFIRMED').length;
    const placed = rows.map(([placedAt]) => Date.parse(placedAt));
    const ended = rows.map(([, endedAt]) => Date.parse(endedAt));
    return {
      confirmed,
      refused: rows.length - confirmed,
      tookMs: ended.map((at, i) => at - (placed[i] ?? Number.NaN)),
      wholeMs:
        ended.reduce((a, b) => Math.max(a, b), 0) -
        placed.reduce((a, b) => Math.min(a, b), Infinity),
    };
  }

  return {
    position: () => Number(db.prepare('SELECT max(position) FROM events').raw().get()),
    async untilEnded(orders, after) {
      let found = 0;
      let movedAt = performance.now();
      for (;;) {
        const seen = look(after);
        if (seen.tookMs.length >= orders) return seen;
        if (seen.tookMs.length > found) movedAt = performance.now();
        found = seen.tookMs.length;
        if (performance.now() - movedAt > PATIENCE_MS) {
          throw new Error(`expected ${orders} orders to end, found ${found}`);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    workSince(after) {
      const [appends, events, bytes] = work.get(after) as [number, number, number];
      return { appends, events, bytes };
    },
    spanSince(after) {
      const [first, last] = span.get(after) as [string, string];
      return Date.parse(last) - Date.parse(first);
    },
    close: () => void db.close(),
  };
}
