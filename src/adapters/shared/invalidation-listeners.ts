import type { Invalidated } from '../../ports/cache.ts';

export interface InvalidationListeners {
  /** Calls each listener, also after one has thrown. @throws AggregateError */
  notify(invalidated: Invalidated): void;
  /** Returns the function that removes the listener. */
  add(listener: (invalidated: Invalidated) => void): () => void;
}

/** The invalidation listeners of this instance. */
export function createInvalidationListeners(): InvalidationListeners {
  const listeners = new Set<(invalidated: Invalidated) => void>();
  return {
    notify(invalidated) {
      const errors: unknown[] = [];
      for (const listener of listeners) {
        try {
          listener(invalidated);
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'an invalidation listener failed');
    },
    add(listener) {
      // A wrapper, so that a listener added twice is called twice.
      const wrapper = (invalidated: Invalidated) => listener(invalidated);
      listeners.add(wrapper);
      return () => void listeners.delete(wrapper);
    },
  };
}
