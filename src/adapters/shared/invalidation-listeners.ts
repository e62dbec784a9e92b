import type { Invalidated } from '../../ports/cache.ts';

export interface InvalidationListeners {
  tell(invalidated: Invalidated): void;
  add(listener: (invalidated: Invalidated) => void): () => void;
}

/** Those in this process who hear of invalidations. */
export function createInvalidationListeners(): InvalidationListeners {
  const listeners = new Set<(invalidated: Invalidated) => void>();
  return {
    tell(invalidated) {
      for (const listener of listeners) listener(invalidated);
    },
    add(listener) {
      // A wrapper, so that a listener added twice is two.
      const own = (invalidated: Invalidated) => listener(invalidated);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
