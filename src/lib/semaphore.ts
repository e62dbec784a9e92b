/** A FIFO semaphore. */
export interface Semaphore {
  /** Resolves with the function that releases the permit; calling it again does nothing. */
  acquire(): Promise<() => void>;
}

export function createSemaphore(permits: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = permits;

  function createRelease(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
  }

  return {
    acquire() {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(createRelease());
      }
      return new Promise((resolve) => waiting.push(() => resolve(createRelease())));
    },
  };
}
