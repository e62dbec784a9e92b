/** Cancels a wait. An `AbortSignal` is one. */
export interface CancelSignal {
  /** True once it was cancelled. */
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A signal together with what cancels it. */
export interface CancelController extends CancelSignal {
  /** Calls the listeners, once; a second call does nothing. */
  readonly cancel: () => void;
}

/**
 * For internal waits, of which there are many: an `AbortController` with its event costs ten times
 * as much.
 */
export function createCancelController(): CancelController {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    addEventListener(_type: 'abort', listener: () => void) {
      listeners.add(listener);
    },
    removeEventListener(_type: 'abort', listener: () => void) {
      listeners.delete(listener);
    },
    cancel() {
      if (signal.aborted) return;
      signal.aborted = true;
      const all = [...listeners];
      listeners.clear();
      for (const listener of all) listener();
    },
  };
  return signal;
}
