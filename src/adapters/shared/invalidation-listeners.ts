import type { Invalidated } from '../../ports/cache.ts';

export interface InvalidationListeners {
  notify(invalidated: Invalidated): void;
  /** Returns the function that removes the listener. */
  add(listener: (invalidated: Invalidated) => void): () => void;
}

/** The invalidation listeners of this instance. */
export function createInvalidationListeners(): InvalidationListeners {
  const listeners = new Set<(invalidated: Invalidated) => void>();
  return {
    notify(invalidated) {
      for (const listener of listeners) listener(invalidated);
    },
    add(listener) {
      // A wrapper, so that a listener added twice is called twice.
      const wrapper = (invalidated: Invalidated) => listener(invalidated);
      listeners.add(wrapper);
      return () => void listeners.delete(wrapper);
    },
  };
}
