/** What a wait can be ended by. An `AbortSignal` is one. */
export interface CancelSignal {
  /** It has come. */
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An signal that somebody brings about. */
export interface CancelController extends CancelSignal {
  /** Calls those who listen, once; a second call does nothing. */
  readonly cancel: () => void;
}

/**
 * For waits of the engine that nobody outside sees and of which there are many: an
 * `AbortController` with its event costs ten times as much.
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
