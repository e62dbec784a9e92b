import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Observation } from './observation.ts';
import { observe, type ObserveOptions } from './observe.ts';

/** Pause between two observations. Alerts and metrics are late by this much at most. */
export const OBSERVE_EVERY_MS = 10_000;

export interface Observer {
  /** The newest observation; undefined before the first. */
  latest(): Observation | undefined;
  /** Observes until `stopping`. Each observation goes to every listener, one after another. */
  run(): Promise<void>;
  /** Call before `run`. A listener may take long: the next observation waits for it. */
  listen(listener: (observation: Observation) => Promise<void> | void): void;
}

export interface ObserverOptions extends ObserveOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

/** Observes the instance again and again. A listener that fails does not stop the others. */
export function createObserver(options: ObserverOptions): Observer {
  const { clock, logger, stopping } = options;
  const listeners: ((observation: Observation) => Promise<void> | void)[] = [];
  let latest: Observation | undefined;

  async function observeOnce(): Promise<void> {
    const observation = await observe(options);
    latest = observation;
    for (const listener of listeners) {
      if (stopping.aborted) return;
      try {
        await listener(observation);
      } catch (error) {
        logger.error({ error: String(error) }, 'a listener of the observation failed');
      }
    }
  }

  return {
    latest: () => latest,
    listen(listener) {
      listeners.push(listener);
    },
    async run() {
      while (!stopping.aborted) {
        await observeOnce();
        await clock.sleep(OBSERVE_EVERY_MS, stopping);
      }
    },
  };
}
