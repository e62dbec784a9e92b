import type { DueEntry } from './due-entry.ts';
import { createReadyQueue, type ReadyQueue } from './ready-queue.ts';

/** What is due, by channel. */
export interface ReadyQueues {
  push(entry: DueEntry): void;
  /** The next one of a channel that can send; the channels take turns. */
  take(
    canSend: (channel: string) => boolean,
    isReady: (entry: DueEntry) => boolean,
  ): DueEntry | undefined;
}

export function createReadyQueues(): ReadyQueues {
  const queues = new Map<string, ReadyQueue<DueEntry>>();

  return {
    push(entry) {
      const queue = queues.get(entry.channel) ?? createReadyQueue<DueEntry>();
      queues.set(entry.channel, queue);
      queue.push(entry);
    },
    take(canSend, isReady) {
      for (const [channel, queue] of queues) {
        const entry = canSend(channel) ? queue.take(isReady) : undefined;
        if (!entry) continue;
        // Another channel comes first next time.
        queues.delete(channel);
        queues.set(channel, queue);
        return entry;
      }
      return undefined;
    },
  };
}
