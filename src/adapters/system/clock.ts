import { setMaxListeners } from 'node:events';

import type { Clock } from '../../ports/clock.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  // Not with `node:timers/promises`, which creates an error with its stack for each abort.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      // While storage is down, each read model and process waits on the signal of the stop.
      if (signal instanceof AbortSignal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', wake);
    }),
};
