import { Type } from '@sinclair/typebox';

import type { Failure } from '../../../engine/failure-watch.ts';
import { lagEventsOf } from '../../../engine/lag.ts';
import { blocksOf, healthBlocks } from '../../health/blocks.ts';
import { checksOf, measureDependency } from '../../health/checks.ts';
import { tokensOf } from '../../health/tokens.ts';
import { type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';

const LAG = 'Events of the log that it has not seen; 10,000 may mean more on EventStoreDB.';

const Check = Type.Object({ name: Type.String(), ok: Type.Boolean(), reason: Type.String() });
const Checks = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]),
  checks: Type.Array(Check),
});
const Summary = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('unavailable')]),
  version: Type.String(),
  uptimeS: Type.Integer({ minimum: 0, description: 'Seconds since the start.' }),
  checks: Type.Array(Check),
  projections: Type.Object({
    live: Type.Integer(),
    behind: Type.Array(Type.String(), { description: 'Still reading earlier events.' }),
    blocked: Type.Array(Type.String(), { description: 'Stopped at an event they cannot fold.' }),
    paused: Type.Array(Type.String(), { description: 'Paused by an operator.' }),
    failing: Type.Array(Type.String(), {
      description: 'Cannot be updated, and are retried: queries return older documents.',
    }),
    unassigned: Type.Array(Type.String(), { description: 'No instance updates them.' }),
    lagEvents: Type.Integer({ description: `Of the one that is furthest behind. ${LAG}` }),
  }),
  processes: Type.Object({
    failing: Type.Array(Type.String(), { description: 'Make no progress, and are retried.' }),
  }),
  writes: Type.Union([Type.Literal('ok'), Type.Literal('failing')], {
    description: 'Failing: the event log stores no event, until the next write succeeds.',
  }),
});

const Failing = Type.Optional(
  Type.Object(
    { since: Type.String(), reason: Type.String() },
    { description: 'Present while its attempts fail; they are repeated.' },
  ),
);

const Details = Type.Object({
  version: Type.String(),
  uptimeS: Type.Integer({ minimum: 0, description: 'Seconds since the start.' }),
  role: Type.Union([Type.Literal('api'), Type.Literal('worker'), Type.Literal('all')]),
  work: Type.Array(Type.String(), { description: 'Work that this instance does under a lease.' }),
  dependencies: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.String(),
      needed: Type.Boolean(),
      ok: Type.Boolean(),
      reason: Type.String(),
      latencyMs: Type.Number({ minimum: 0 }),
    }),
  ),
  projections: Type.Array(
    Type.Object({
      name: Type.String(),
      state: Type.String(),
      lagEvents: Type.Integer({ description: LAG }),
      failing: Failing,
    }),
  ),
  processes: Type.Array(
    Type.Object({
      name: Type.String(),
      failing: Failing,
      timersDue: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Timers whose time has come, not fired yet.' }),
      ),
    }),
  ),
  writes: Type.Object({ failing: Failing }),
  memory: Type.Object({ heapMiB: Type.Integer(), residentMiB: Type.Integer() }),
  ...healthBlocks,
});

function failingOf(failure: Failure | undefined) {
  if (!failure) return {};
  const { sinceMs, reason } = failure;
  return { failing: { since: new Date(sinceMs).toISOString(), reason } };
}

function uptimeOf({ clock, server }: Services): number {
  return Math.max(0, Math.floor((clock.now() - server.startedMs) / 1_000));
}

/** Health for people, orchestrators and load balancers (H1). Public: without data of shops. */
export const healthRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/health/detailed',
    operationId: 'getHealthDetails',
    summary: 'State of each dependency and read model',
    description:
      'For operators. Without a dependency that is not `needed`, requests are only slower.',
    tag: 'Health',
    permission: 'system:operate',
    status: 200,
    response: Details,
    write: false,
    async handle(_request, services) {
      const reports = services.projections.report();
      const positions = reports.map(({ position }) => position);
      const lags = await lagEventsOf(services.log, positions);
      const memory = process.memoryUsage();
      const dependencies = await Promise.all(
        services.dependencies.map((dependency) => measureDependency(services, dependency)),
      );
      const inMiB = (bytes: number) => Math.round(bytes / 1_048_576);
      return {
        status: 200,
        body: {
          version: services.server.version,
          uptimeS: uptimeOf(services),
          role: services.role,
          work: [...services.work()],
          dependencies,
          projections: reports.map((report, i) => ({
            name: report.name,
            state: report.state,
            lagEvents: lags[i] ?? 0,
            ...failingOf(report.failing),
          })),
          processes: services.processes.report().map(({ name, failing, timers }) => ({
            name,
            ...failingOf(failing),
            ...(timers && { timersDue: timers.due }),
          })),
          writes: failingOf(services.appendFailure()),
          memory: { heapMiB: inMiB(memory.heapUsed), residentMiB: inMiB(memory.rss) },
          ...blocksOf(dependencies, await tokensOf(services), services),
        },
      };
    },
  }),
  route({
    method: 'get',
    path: '/health/live',
    operationId: 'getLiveness',
    summary: 'Whether the server process is running',
    tag: 'Health',
    permission: 'public',
    servesAlways: true,
    status: 200,
    response: Type.Object({ status: Type.Literal('ok') }),
    write: false,
    handle: () => Promise.resolve({ status: 200, body: { status: 'ok' as const } }),
  }),
  route({
    method: 'get',
    path: '/health/ready',
    operationId: 'getReadiness',
    summary: 'Whether the server is ready for requests',
    description:
      'Ready when storage responds, each read model has caught up since the start, and the instance does not stop. ' +
      'A blocked or paused read model counts as caught up when it has documents. ' +
      'A read model that lags or fails after that does not count, because commands need none: see /health.',
    tag: 'Health',
    permission: 'public',
    servesAlways: true,
    status: 200,
    otherStatuses: [503],
    response: Checks,
    write: false,
    async handle(_request, services) {
      const checks = await checksOf(services);
      return checks.every(({ ok }) => ok)
        ? { status: 200, body: { status: 'ok' as const, checks } }
        : { status: 503, body: { status: 'unavailable' as const, checks } };
    },
  }),
  route({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    summary: 'State of the server and its read models',
    description:
      'Degraded: it serves, but a read model is behind, blocked, paused, failing or unassigned, a process makes no progress, or the log stores no events. ' +
      'Unavailable: it cannot serve.',
    tag: 'Health',
    permission: 'public',
    servesAlways: true,
    status: 200,
    otherStatuses: [503],
    response: Summary,
    write: false,
    async handle(_request, services) {
      const checks = await checksOf(services);
      const down = checks.some(({ name, ok }) => !ok && name !== 'projections');
      const projections = await summarise(services, down);
      const { behind, blocked, paused, failing, unassigned } = projections;
      const stale = [behind, blocked, paused, failing, unassigned].some(({ length }) => length > 0);
      const failed = services.processes.report().filter((process) => process.failing);
      const writes = services.appendFailure() ? ('failing' as const) : ('ok' as const);
      const degraded = stale || failed.length > 0 || writes === 'failing';
      const body = {
        status: down
          ? ('unavailable' as const)
          : degraded
            ? ('degraded' as const)
            : ('ok' as const),
        version: services.server.version,
        uptimeS: uptimeOf(services),
        checks,
        projections,
        processes: { failing: failed.map(({ name }) => name) },
        writes,
      };
      return { status: down ? 503 : 200, body };
    },
  }),
];

async function summarise({ projections, log }: Services, down: boolean) {
  const reports = projections.report();
  const named = (state: string) =>
    reports.filter((report) => report.state === state).map(({ name }) => name);
  const positions = reports.map(({ position }) => position);
  const lags = down ? [] : await lagEventsOf(log, positions);
  return {
    live: named('live').length,
    behind: named('catching-up'),
    blocked: named('blocked'),
    paused: named('paused'),
    failing: reports.filter(({ failing }) => failing).map(({ name }) => name),
    unassigned: named('unassigned'),
    lagEvents: Math.max(0, ...lags),
  };
}
