import { Type, type Static } from '@sinclair/typebox';

import type { Dependency } from '../../health/dependency.ts';
import { lagOf } from '../../../engine/projections/projection-view.ts';
import { route, type Route } from '../../route.ts';
import type { Services } from '../../services.ts';

const LAG = 'In positions of the log: events where it is embedded, bytes on EventStoreDB.';

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
    behind: Type.Array(Type.String(), { description: 'Still reading what happened before.' }),
    blocked: Type.Array(Type.String(), { description: 'Stopped at an event they cannot take.' }),
    paused: Type.Array(Type.String(), { description: 'Resting, as an operator ordered.' }),
    lagEvents: Type.Integer({ description: `Of the one that is furthest behind. ${LAG}` }),
  }),
});

const Details = Type.Object({
  version: Type.String(),
  uptimeS: Type.Integer({ minimum: 0, description: 'Seconds since the start.' }),
  role: Type.Union([Type.Literal('api'), Type.Literal('worker'), Type.Literal('all')]),
  work: Type.Array(Type.String(), { description: 'What this process does under a lease.' }),
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
    }),
  ),
  memory: Type.Object({ heapMiB: Type.Integer(), residentMiB: Type.Integer() }),
});

type CheckResult = Static<typeof Check>;

async function pingOf(
  { clock, server: { pingMs } }: Services,
  name: string,
  ping: () => Promise<void>,
): Promise<CheckResult> {
  const timer = new AbortController();
  const late = clock.sleep(pingMs, timer.signal).then(() => `no answer in ${pingMs} ms`);
  const asked = ping().then(
    () => '',
    () => 'it does not answer',
  );
  const reason = await Promise.race([asked, late]);
  timer.abort();
  return { name, ok: reason === '', reason };
}

async function checksOf(services: Services): Promise<CheckResult[]> {
  const { dependencies, projections, server } = services;
  const isReady = server.ready();
  const behind = projections.report().filter(({ state }) => state === 'catching-up');
  const names = behind.map(({ name }) => name).join(', ');
  // A read model that is repaired, retried or resumed later does not make the server unready.
  if (isReady && behind.length === 0) server.caughtUp = true;
  const needed = dependencies.filter((dependency) => dependency.needed);
  return [
    {
      name: 'accepting',
      ok: isReady,
      reason: isReady ? '' : 'the server starts or stops',
    },
    ...(await Promise.all(needed.map(({ name, ping }) => pingOf(services, name, ping)))),
    {
      name: 'projections',
      ok: server.caughtUp,
      reason: server.caughtUp ? '' : `still catching up: ${names}`,
    },
  ];
}

async function measure(services: Services, { name, kind, needed, ping }: Dependency) {
  const from = performance.now();
  const { ok, reason } = await pingOf(services, name, ping);
  const latencyMs = Math.round((performance.now() - from) * 100) / 100;
  return { name, kind, needed, ok, reason, latencyMs };
}

function uptimeOf({ clock, server }: Services): number {
  return Math.max(0, Math.floor((clock.now() - server.startedMs) / 1_000));
}

/** Health for people, orchestrators and load balancers (H1). Public: it holds nothing of a shop. */
export const healthRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/health/detailed',
    operationId: 'getHealthDetails',
    summary: 'What the system runs on, and how each part of it is',
    description: 'For operators. What is not `needed` only makes things slower while it is away.',
    tag: 'Health',
    permission: 'system:operate',
    status: 200,
    response: Details,
    write: false,
    async handle(_request, services) {
      const head = await services.log.head();
      const memory = process.memoryUsage();
      const inMiB = (bytes: number) => Math.round(bytes / 1_048_576);
      return {
        status: 200,
        body: {
          version: services.server.version,
          uptimeS: uptimeOf(services),
          role: services.role,
          work: [...services.work()],
          dependencies: await Promise.all(
            services.dependencies.map((one) => measure(services, one)),
          ),
          projections: services.projections.report().map((report) => ({
            name: report.name,
            state: report.state,
            lagEvents: Number(lagOf(report, head)),
          })),
          memory: { heapMiB: inMiB(memory.heapUsed), residentMiB: inMiB(memory.rss) },
        },
      };
    },
  }),
  route({
    method: 'get',
    path: '/health/live',
    operationId: 'getLiveness',
    summary: 'Whether the process runs',
    tag: 'Health',
    permission: 'public',
    status: 200,
    response: Type.Object({ status: Type.Literal('ok') }),
    write: false,
    handle: () => Promise.resolve({ status: 200, body: { status: 'ok' as const } }),
  }),
  route({
    method: 'get',
    path: '/health/ready',
    operationId: 'getReadiness',
    summary: 'Whether requests can be taken now',
    description:
      'Ready when the stores answer, each read model has caught up since the start or rests, and nothing stops. ' +
      'How far read models are behind after that does not count: see `lagEvents` of /health.',
    tag: 'Health',
    permission: 'public',
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
    summary: 'How the system is',
    description:
      'Degraded: it serves, but a read model is behind, blocked or paused. Unavailable: it cannot serve.',
    tag: 'Health',
    permission: 'public',
    status: 200,
    otherStatuses: [503],
    response: Summary,
    write: false,
    async handle(_request, services) {
      const checks = await checksOf(services);
      const down = checks.some(({ name, ok }) => !ok && name !== 'projections');
      const projections = await summarise(services, down);
      const { behind, blocked, paused } = projections;
      const stale = behind.length + blocked.length + paused.length > 0;
      const body = {
        status: down ? ('unavailable' as const) : stale ? ('degraded' as const) : ('ok' as const),
        version: services.server.version,
        uptimeS: uptimeOf(services),
        checks,
        projections,
      };
      return { status: down ? 503 : 200, body };
    },
  }),
];

async function summarise({ projections, log }: Services, down: boolean) {
  const reports = projections.report();
  const named = (state: string) =>
    reports.filter((report) => report.state === state).map(({ name }) => name);
  let lag = 0n;
  if (!down) {
    const head = await log.head();
    for (const report of reports) {
      const mine = lagOf(report, head);
      if (mine > lag) lag = mine;
    }
  }
  return {
    live: named('live').length,
    behind: named('catching-up'),
    blocked: named('blocked'),
    paused: named('paused'),
    lagEvents: Number(lag),
  };
}
