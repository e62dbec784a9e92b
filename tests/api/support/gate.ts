import type { EventLog } from '../../../src/ports/event-log.ts';

export interface Gate {
  /** Lets appends through again, those that wait first. */
  open(): void;
  /** Appends wait from now on. */
  shut(): void;
  /** Resolves when at least one append waits. */
  untilWaiting(): Promise<void>;
  readonly wrap: (log: EventLog) => EventLog;
}

/** Holds appends up, so that a test can look at what happens meanwhile. */
export function createGate(): Gate {
  let shut = false;
  let held: (() => void)[] = [];
  let watchers: (() => void)[] = [];
  return {
    open() {
      shut = false;
      for (const release of held) release();
      held = [];
    },
    shut() {
      shut = true;
    },
    untilWaiting: () =>
      held.length > 0 ? Promise.resolve() : new Promise((resolve) => watchers.push(resolve)),
    wrap: (log) => ({
      ...log,
      append: async (stream, expected, events) => {
        if (shut) {
          await new Promise<void>((resolve) => {
            held.push(resolve);
            for (const seen of watchers) seen();
            watchers = [];
          });
        }
        return log.append(stream, expected, events);
      },
    }),
  };
}
