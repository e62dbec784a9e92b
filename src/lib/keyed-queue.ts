export interface KeyedQueueOptions {
  /** Running and waiting tasks of one key; one more is rejected. */
  readonly maxWaiting: number;
  /** Makes the error of a rejected task. */
  readonly full: (key: string) => Error;
}

/** Runs the tasks of one key one after the other; tasks of different keys run concurrently. */
export type KeyedQueue = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createKeyedQueue({ maxWaiting, full }: KeyedQueueOptions): KeyedQueue {
  const queues = new Map<string, { tail: Promise<unknown>; waiting: number }>();
  return async (key, task) => {
    const queue = queues.get(key);
    if (queue && queue.waiting >= maxWaiting) throw full(key);
    const entry = {
      tail: Promise.resolve() as Promise<unknown>,
      waiting: (queue?.waiting ?? 0) + 1,
    };
    const run = queue ? queue.tail.then(task, task) : task();
    entry.tail = run.catch(() => undefined);
    queues.set(key, entry);
    try {
      return await run;
    } finally {
      const last = queues.get(key);
      if (last === entry) queues.delete(key);
      else if (last) last.waiting -= 1;
    }
  };
}
