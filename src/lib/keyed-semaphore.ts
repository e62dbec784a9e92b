import { createSemaphore, type Semaphore } from './semaphore.ts';

/** A FIFO semaphore for each key. */
export interface KeyedSemaphore {
  /** Resolves with the function that releases the permit; calling it again does nothing. */
  acquire(key: string): Promise<() => void>;
}

export function createKeyedSemaphore(permits: number): KeyedSemaphore {
  const entries = new Map<string, { readonly semaphore: Semaphore; users: number }>();
  return {
    async acquire(key) {
      const entry = entries.get(key) ?? { semaphore: createSemaphore(permits), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      const release = await entry.semaphore.acquire();
      let released = false;
      return () => {
        if (released) return;
        released = true;
        release();
        entry.users -= 1;
        if (entry.users === 0) entries.delete(key);
      };
    },
  };
}
