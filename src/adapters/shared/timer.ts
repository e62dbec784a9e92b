import type { CancelSignal } from '../../lib/cancellation.ts';

/**
 * Resolves after `ms`, or at once when the signal aborts. One turn of the event loop passes after
 * the timer: when this instance itself was held up, a reply that has arrived already still counts.
 */
export function sleepOneTurnLonger(ms: number, signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => setImmediate(resolve), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
