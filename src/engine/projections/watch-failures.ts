import { createFailureWatch, type FailureWatch } from '../failure-watch.ts';
import type { EngineContext } from './context.ts';

/** Watches attempts to update read models; `names` are the affected ones at that moment. */
export function watchFailures(
  { clock, stopping, logger, waiters }: EngineContext,
  names: () => readonly string[],
): FailureWatch {
  return createFailureWatch({
    clock,
    stopping,
    onFailing({ sinceMs, reason }) {
      const projections = names();
      logger.error({ projections, sinceMs, reason }, 'read models cannot be updated; retrying');
      waiters.check();
    },
    onRecovered({ sinceMs }) {
      logger.info({ projections: names(), sinceMs }, 'read models are updated again');
      waiters.check();
    },
  });
}
