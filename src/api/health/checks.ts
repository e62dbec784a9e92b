import type { ProjectionReport } from '../../engine/projections/projection-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Services } from '../services.ts';
import type { Dependency } from './dependency.ts';

const STARTING = 'the server starts or stops';

/** The result of one check. It is public: the reason holds no path, address or error. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string;
}

/** What a ping needs: the time, and how long to wait. */
export interface Pinging {
  readonly clock: Clock;
  readonly server: { readonly pingMs: number };
}

export async function pingOf(
  { clock, server: { pingMs } }: Pinging,
  name: string,
  ping: () => Promise<void>,
): Promise<CheckResult> {
  const timer = new AbortController();
  const late = clock.sleep(pingMs, timer.signal).then(() => `no reply in ${pingMs} ms`);
  const asked = ping().then(
    () => '',
    () => 'it is not available',
  );
  const reason = await Promise.race([asked, late]);
  timer.abort();
  return { name, ok: reason === '', reason };
}

/** A ping with the time that it took. */
export async function measureDependency(
  pinging: Pinging,
  { name, kind, needed, ping }: Dependency,
) {
  const from = performance.now();
  const { ok, reason } = await pingOf(pinging, name, ping);
  const latencyMs = Math.round((performance.now() - from) * 100) / 100;
  return { name, kind, needed, ok, reason, latencyMs };
}

/** The checks of `/health/ready`: each must be ok for this instance to take requests. */
export async function checksOf(services: Services): Promise<CheckResult[]> {
  const { dependencies, server } = services;
  const isReady = server.ready();
  const needed = dependencies.filter((dependency: Dependency) => dependency.needed);
  return [
    {
      name: 'accepting',
      ok: isReady,
      reason: isReady ? '' : STARTING,
    },
    ...(await Promise.all(needed.map(({ name, ping }) => pingOf(services, name, ping)))),
    checkProjections(services, isReady),
  ];
}

/**
 * Ready once each read model has caught up since the start. One that fails, lags or is repaired
 * later does not make the instance unready: commands need no read model, and queries still get the
 * documents that it has.
 */
function checkProjections({ projections, server }: Services, isReady: boolean): CheckResult {
  const name = 'projections';
  const reports = projections.report();
  if (!server.caughtUp) {
    const answers = (report: ProjectionReport) => projections.serving(report.name) !== undefined;
    const missing = reports.filter((report) => !mayAnswer(report, answers(report)));
    if (isReady && missing.length === 0) server.caughtUp = true;
    else return { name, ok: false, reason: reasonsOf(missing) || STARTING };
  }
  const failing = reports.filter((report) => report.failing);
  if (failing.length === 0) return { name, ok: true, reason: '' };
  return { name, ok: true, reason: `queries return older documents of ${namesOf(failing)}` };
}

/**
 * Blocked and paused read models wait for an operator, so they do not hold up the start, as long as
 * they have documents: without any, each query would get 425 until then.
 */
function mayAnswer({ state, caughtUp }: ProjectionReport, answers: boolean): boolean {
  if (!answers) return false;
  return caughtUp || state === 'blocked' || state === 'paused';
}

const REASONS: Readonly<Partial<Record<ProjectionReport['state'], string>>> = {
  blocked: 'blocked before the first build was complete',
  paused: 'paused before the first build was complete',
  failing: 'cannot be updated',
  unassigned: 'no instance updates',
};

function reasonsOf(reports: readonly ProjectionReport[]): string {
  const byReason = new Map<string, ProjectionReport[]>();
  for (const report of reports) {
    const reason = REASONS[report.state] ?? 'still catching up';
    byReason.set(reason, [...(byReason.get(reason) ?? []), report]);
  }
  return [...byReason].map(([reason, affected]) => `${reason}: ${namesOf(affected)}`).join('; ');
}

const namesOf = (reports: readonly ProjectionReport[]): string =>
  reports.map(({ name }) => name).join(', ');
