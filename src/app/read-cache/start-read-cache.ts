import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { NO_METRICS } from '../../ports/metrics.ts';
import type { AppOptions } from '../options.ts';
import { createReadCache, type OwnReadCache } from './read-cache.ts';
import { warmUp } from './warm-up.ts';

/** Pause before the log is asked again which one it is, or whether the read models are built. */
const RETRY_MS = 1_000;
/** What is not built by then is not read ahead. */
const MAX_TRIES = 60;

export interface ReadCacheParts {
  readonly app: AppOptions;
  readonly log: Pick<EventLog, 'logId'>;
  readonly projections: ProjectionEngine;
  readonly stopping: AbortSignal;
}

/** The read cache of an app. `run` opens it, and reads ahead what will be asked for. */
export function startReadCache({
  app,
  log,
  projections,
  stopping,
}: ReadCacheParts): OwnReadCache & { run(): Promise<void> } {
  const { ports, features, shops, sharing } = app;
  const { cache, clock, logger, calendar, readStore, metrics = NO_METRICS } = ports;
  const reads = features.flatMap(({ cachedReads }) => cachedReads);
  const isAlone = sharing === undefined;
  const readCache = createReadCache({
    ...{ reads, cache, isAlone, clock, metrics, stopping },
    projections: () => projections,
  });
  const watched = [...new Set(reads.map(({ droppedBy }) => droppedBy))];
  if (watched.length > 0) projections.watch(watched, (...args) => readCache.changed(...args));

  async function open(): Promise<void> {
    while (!stopping.aborted) {
      try {
        readCache.open(await log.logId());
        return;
      } catch {
        // The health report shows a log that does not answer; until then nothing is cached.
        await clock.sleep(RETRY_MS, stopping);
      }
    }
  }

  async function untilBuilt(): Promise<boolean> {
    const names = [...new Set(reads.flatMap((read) => read.projections))];
    for (let tries = 0; tries < MAX_TRIES && !stopping.aborted; tries++) {
      if (names.every((name) => projections.serving(name) !== undefined)) return true;
      await clock.sleep(RETRY_MS, stopping);
    }
    return false;
  }

  return {
    ...readCache,
    async run() {
      if (reads.length === 0) return;
      await open();
      // A worker takes no requests for these reads.
      if (sharing?.role === 'worker' || !(await untilBuilt())) return;
      await warmUp({
        ...{ reads, readCache, projections, readStore, shops, calendar, clock, logger, stopping },
      });
    },
  };
}
