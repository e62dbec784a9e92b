import type { EventLog, SubscribeOptions, SubscriptionMessage } from '../../ports/event-log.ts';

const DEFAULT_BATCH_SIZE = 500;

/** Wakes subscriptions when events were appended. One per log that this instance holds. */
export interface Wake {
  notify(): void;
  /** Resolves at the next notification after `seen`, or when the signal aborts. */
  next(seen: number, signal: AbortSignal): Promise<void>;
  /** Notifications so far. Read it before the log, so that none is missed. */
  count(): number;
}

export function createWake(): Wake {
  const waiting = new Set<() => void>();
  let count = 0;
  return {
    count: () => count,
    notify() {
      count += 1;
      const all = [...waiting];
      waiting.clear();
      for (const wake of all) wake();
    },
    next(seen, signal) {
      if (seen !== count || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done);
      });
    },
  };
}

/**
 * A subscription to a log of this instance: reads pages up to the head, then sleeps until woken.
 */
export async function* followLog(
  log: Pick<EventLog, 'readAll'>,
  wake: Wake,
  { after, signal, categories, batchSize = DEFAULT_BATCH_SIZE, eventsOnly }: SubscribeOptions,
): AsyncGenerator<SubscriptionMessage> {
  let position = after;
  while (!signal.aborted) {
    const seen = wake.count();
    const page = await log.readAll({
      after: position,
      limit: batchSize,
      ...(categories && { categories }),
    });
    if (signal.aborted) return;
    const moved = page.position.commit !== position.commit;
    position = page.position;
    if (page.events.length > 0) yield { kind: 'events', events: page.events };
    else if (moved && !page.atHead && !eventsOnly) yield { kind: 'progress', position };
    if (!page.atHead) continue;
    if (!eventsOnly) yield { kind: 'caught-up', position };
    await wake.next(seen, signal);
  }
}
