import type { DeliveryReport } from './delivery-worker.ts';

/** What is in the queue of a channel, and what left it since the start of the worker. */
export interface QueueCounts {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
  /** Waiting for a decision of a person. */
  readonly parked: number;
  /** After several messages that did not reach the other side. */
  readonly isPaused: boolean;
  readonly waitingByPriority: ReadonlyMap<string, number>;
}

const NOTHING = { completed: 0, failed: 0, pausedUntilMs: undefined };

interface Tally {
  waiting: number;
  active: number;
  readonly waitingByPriority: Map<string, number>;
}

/** Counted from memory, also for channels without a transport, whose deliveries wait. */
export function queueCounts(report: DeliveryReport, nowMs: number): readonly QueueCounts[] {
  const known = new Map(report.channels.map((channel) => [channel.channel, channel] as const));
  const tallies = tally(report);
  return [...tallies].map(([queue, { waiting, active, waitingByPriority }]) => {
    const { completed, failed, pausedUntilMs } = known.get(queue) ?? NOTHING;
    return {
      ...{ queue, waiting, active, completed, failed, waitingByPriority },
      parked: report.parked.get(queue) ?? 0,
      isPaused: pausedUntilMs !== undefined && pausedUntilMs > nowMs,
    };
  });
}

/** One pass over the entries: each scrape asks. */
function tally({ channels, entries, parked }: DeliveryReport): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>();
  const of = (channel: string) => {
    const none: Tally = { waiting: 0, active: 0, waitingByPriority: new Map() };
    const found = tallies.get(channel) ?? none;
    tallies.set(channel, found);
    return found;
  };
  for (const { channel } of channels) of(channel);
  for (const [channel, count] of parked) if (count > 0) of(channel);
  for (const { channel, priority, state } of entries) {
    const found = of(channel);
    if (state === 'sending') {
      found.active += 1;
      continue;
    }
    found.waiting += 1;
    const before = found.waitingByPriority.get(priority) ?? 0;
    found.waitingByPriority.set(priority, before + 1);
  }
  return tallies;
}
