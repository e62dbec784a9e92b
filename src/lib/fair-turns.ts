/**
 * Lets long work run in slices: at most one slice in a turn of the event loop, and the keys that
 * wait (such as shops) one after the other, however many slices each of them asks for.
 */
export interface FairTurns {
  /** Resolves when the caller may run its next slice. */
  take(key: string): Promise<void>;
}

/** `rest` resolves in a later turn of the event loop. */
export function createFairTurns(rest: () => Promise<void>): FairTurns {
  const queues = new Map<string, (() => void)[]>();
  let running = false;

  async function run(): Promise<void> {
    while (queues.size > 0) {
      for (const [key, queue] of queues) {
        await rest();
        const grant = queue.shift();
        if (queue.length === 0) queues.delete(key);
        grant?.();
      }
    }
    running = false;
  }

  return {
    take(key) {
      return new Promise((resolve) => {
        const queue = queues.get(key);
        if (queue) queue.push(resolve);
        else queues.set(key, [resolve]);
        if (running) return;
        running = true;
        void run();
      });
    },
  };
}
