import { healedDays, healedOrders, type HealParameters } from '../inputs/heal.ts';
import { DAY_ENDS, openFile, READ_DAY, READ_DAYS, READ_STREAM } from '../inputs/log-file.ts';
import { percentile } from '../harness/statistics.ts';
import type { Measured, Running } from '../harness/task.ts';

/** Bare reads of what a heal has to read: the events of one order, and those of one day. */
export async function setup({ log, orders }: HealParameters): Promise<Running> {
  const db = openFile(log, 'NORMAL');
  const readStream = db.prepare(READ_STREAM).raw();
  const readDay = db.prepare(READ_DAY).raw();

  function parsed(rows: unknown): number {
    const events = rows as [string, string][];
    for (const [data, metadata] of events) {
      JSON.parse(data);
      JSON.parse(metadata);
    }
    return events.length;
  }

  async function round(): Promise<Measured> {
    const tookMs = healedOrders(orders).map(({ stream }) => {
      const from = performance.now();
      if (parsed(readStream.all(stream)) === 0) throw new Error(`expected events of ${stream}`);
      return performance.now() - from;
    });
    const days = (db.prepare(READ_DAYS).raw().all() as [string][]).map(([day]) => day);
    const { newest } = healedDays(days);
    const [first, last] = db.prepare(DAY_ENDS).raw().get(newest) as [number, number];
    const from = performance.now();
    const dayEvents = parsed(readDay.all(first, last));
    const dayMs = performance.now() - from;
    return {
      p50Ms: percentile(tookMs, 0.5),
      p99Ms: percentile(tookMs, 0.99),
      dayMs,
      dayEvents,
    };
  }

  return {
    round,
    close: async () => {
      db.close();
    },
  };
}
