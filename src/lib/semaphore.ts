/** Lets only so many of those that ask go on at once; the others in the order they asked. */
export interface Semaphore {
  /** Resolves when it is the caller's turn, with what ends it (once; again does nothing). */
  acquire(): Promise<() => void>;
}

export function createSemaphore(atOnce: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = atOnce;

  function give(): () => void {
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
  }

  return {
    acquire() {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(give());
      }
      return new Promise((resolve) => waiting.push(() => resolve(give())));
    },
  };
}
