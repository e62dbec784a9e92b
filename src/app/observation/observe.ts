import { measureDependency } from '../../api/health/checks.ts';
import type { Dependency } from '../../api/health/dependency.ts';
import type { Position } from '../../domain/kernel/position.ts';
import type { Failure } from '../../engine/failure-watch.ts';
import { type Lag, lagsOf } from '../../engine/lag.ts';
import type { ProcessEngine } from '../../engine/processes/process-engine.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { SlidingTally } from '../../lib/sliding-tally.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Host } from '../../ports/host.ts';
import type { GuardReport } from '../../ports/provider-guard.ts';
import type { Observation, ObservedLag } from './observation.ts';

/** Storage that takes longer to answer counts as down in an observation. */
const TIMEOUT_MS = 5_000;

export interface ObserveOptions {
  readonly log: EventLog;
  readonly projections: Pick<ProjectionView, 'report' | 'counts'>;
  readonly processes: Pick<ProcessEngine, 'report'>;
  readonly dependencies: readonly Dependency[];
  readonly denials: SlidingTally;
  readonly appendFailure: () => Failure | undefined;
  /** Breakers of calls to providers; absent: there are none. */
  readonly breakers?: () => readonly GuardReport[];
  readonly host: Host;
  readonly clock: Clock;
}

/** Observes the instance once. Never fails: what does not answer in time is undefined. */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { log, host, clock, denials } = options;
  const projections = options.projections.report();
  const processes = options.processes.report();
  const readers = [...projections, ...processes];
  const pinging = { clock, server: { pingMs: TIMEOUT_MS } };
  const [lags, disk, ...dependencies] = await Promise.all([
    inTime(clock, readLags(log, readers)),
    inTime(clock, host.disk()),
    ...options.dependencies.map((dependency) => measureDependency(pinging, dependency)),
  ]);
  const atMs = clock.now();
  const lagOf = (index: number) => toObserved(lags?.[index], atMs);
  return {
    atMs,
    projections: projections.map(({ name, state, blocked, failing, building }, i) => ({
      name,
      state,
      blocked,
      failing,
      building: building !== undefined,
      lag: lagOf(i),
    })),
    processes: processes.map(({ name, stuck, failing }, i) => ({
      name,
      stuck,
      failing,
      lag: lagOf(projections.length + i),
    })),
    dependencies,
    engineEvents: options.projections.counts(),
    denials: denials.counts(atMs),
    appendFailure: options.appendFailure(),
    ...(options.breakers && { breakers: options.breakers() }),
    disk,
    startsLastHour: host.startsLastHour(atMs),
    heap: host.heap(),
  };
}

function readLags(log: EventLog, readers: readonly { readonly position: Position }[]) {
  return lagsOf(
    log,
    readers.map(({ position }) => position),
  );
}

function toObserved(lag: Lag | undefined, atMs: number): ObservedLag | undefined {
  if (!lag) return undefined;
  const { events, since } = lag;
  // The clock of the server that recorded the event may be ahead.
  const seconds = since === undefined ? 0 : Math.max(0, (atMs - Date.parse(since)) / 1_000);
  return { events, seconds };
}

/** The value; undefined when it fails, or takes too long. */
async function inTime<T>(clock: Clock, value: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  const late = clock.sleep(TIMEOUT_MS, timer.signal).then(() => undefined);
  try {
    return await Promise.race([value.catch(() => undefined), late]);
  } finally {
    timer.abort();
  }
}
