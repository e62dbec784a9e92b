/** What a wait can be ended by. An `AbortSignal` is one. */
export interface Ending {
  /** It has come. */
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An ending that somebody brings about. */
export interface OwnEnding extends Ending {
  /** Calls those who listen, once; a second call does nothing. */
  readonly end: () => void;
}

/**
 * For waits of the engine that nobody outside sees and of which there are many: an
 * `AbortController` with its event costs ten times as much.
 */
export function createEnding(): OwnEnding {
  const listeners = new Set<() => void>();
  const ending = {
    aborted: false,
    addEventListener(_type: 'abort', listener: () => void) {
      listeners.add(listener);
    },
    removeEventListener(_type: 'abort', listener: () => void) {
      listeners.delete(listener);
    },
    end() {
      if (ending.aborted) return;
      ending.aborted = true;
      const all = [...listeners];
      listeners.clear();
      for (const listener of all) listener();
    },
  };
  return ending;
}
