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

/** Counted from memory, also for channels without a transport, whose deliveries wait. */
export function queueCounts(report: DeliveryReport, nowMs: number): readonly QueueCounts[] {
  const entries = [...report.entries];
  const known = new Map(report.channels.map((channel) => [channel.channel, channel] as const));
  const names = new Set([...known.keys(), ...entries.map(({ channel }) => channel)]);
  return [...names].map((queue) => {
    const { completed, failed, pausedUntilMs } = known.get(queue) ?? NOTHING;
    const ofQueue = entries.filter(({ channel }) => channel === queue);
    const inState = (state: string) => ofQueue.filter((entry) => entry.state === state);
    const waitingByPriority = new Map<string, number>();
    for (const { priority } of inState('waiting')) {
      waitingByPriority.set(priority, (waitingByPriority.get(priority) ?? 0) + 1);
    }
    return {
      queue,
      waiting: inState('waiting').length,
      active: inState('sending').length,
      parked: inState('parked').length,
      isPaused: pausedUntilMs !== undefined && pausedUntilMs > nowMs,
      ...{ completed, failed, waitingByPriority },
    };
  });
}
