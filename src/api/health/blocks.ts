import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox';

import { oneOf } from '../../domain/kernel/schema.ts';
import type { DeliveryReport } from '../../engine/deliveries/delivery-worker.ts';
import { queueCounts } from '../../engine/deliveries/queue-counts.ts';
import type { GuardReport } from '../../ports/provider-guard.ts';
import type { Services } from '../services.ts';
import { CacheBlock, cacheBlockOf } from './cache.ts';
import type { measureDependency } from './checks.ts';
import { TokensBlock } from './tokens.ts';

type Measured = Awaited<ReturnType<typeof measureDependency>>;

/** Observations that are missing for longer than this do not come any more. */
const MAX_OBSERVATION_AGE_MS = 60_000;

const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);
const Pool = Type.Object({
  healthy: Type.Boolean(),
  connectionTime: Type.Number({ minimum: 0, description: 'Milliseconds until it responded.' }),
  error: optional(Type.String()),
});

/** The parts of the detailed report that monitoring tools read by these names. */
export const healthBlocks = {
  database: Type.Object(
    { overall: oneOf(['healthy', 'unhealthy']), write: Pool, read: Pool },
    { description: 'The event log is written, the read store is read.' },
  ),
  cache: CacheBlock,
  tokens: TokensBlock,
  queues: optional(
    Type.Record(
      Type.String(),
      Type.Object({
        healthy: Type.Boolean(),
        waiting: Type.Integer({ minimum: 0 }),
        active: Type.Integer({ minimum: 0 }),
        completed: Type.Integer({ minimum: 0, description: 'Attempts since the start.' }),
        failed: Type.Integer({ minimum: 0, description: 'Attempts since the start.' }),
        parked: Type.Integer({ minimum: 0, description: 'Waiting for a decision of a person.' }),
        isPaused: Type.Boolean({ description: 'The other side was not reached several times.' }),
        error: optional(Type.String()),
      }),
      { description: 'Deliveries by channel; absent while another instance sends them.' },
    ),
  ),
  circuitBreakers: optional(
    Type.Record(
      Type.String(),
      Type.Object({
        healthy: Type.Boolean(),
        closed: Type.Integer({ minimum: 0 }),
        open: Type.Integer({ minimum: 0 }),
        halfOpen: Type.Integer({ minimum: 0 }),
        waiting: Type.Integer({ minimum: 0, description: 'Calls that wait for their turn.' }),
        running: Type.Integer({ minimum: 0 }),
      }),
      { description: 'By provider: one breaker for each shop. Absent before the first call.' },
    ),
  ),
  monitoring: Type.Object(
    {
      healthy: Type.Boolean(),
      lastCollectionTime: Type.String({ description: 'Empty before the first observation.' }),
    },
    { description: 'Whether the instance observes itself, for its metrics and alerts.' },
  ),
  disk: optional(
    Type.Object({
      freeMiB: Type.Integer({ minimum: 0 }),
      freePercent: Type.Number({ minimum: 0, maximum: 100 }),
    }),
  ),
  startsLastHour: optional(Type.Integer({ minimum: 0 })),
};

type Blocks = Static<TObject<typeof healthBlocks>>;

export function blocksOf(
  dependencies: readonly Measured[],
  tokens: Static<typeof TokensBlock>,
  services: Pick<Services, 'observed' | 'clock' | 'deliveries' | 'providerGuards' | 'readCache'>,
): Blocks {
  const { observed, clock, deliveries, providerGuards, readCache } = services;
  const named = (name: string) => dependencies.find((dependency) => dependency.name === name);
  const write = poolOf(named('event-log'));
  const read = poolOf(named('read-store'));
  const cache = named('cache');
  const latest = observed();
  const { disk, startsLastHour } = latest ?? {};
  const queues = queuesOf(deliveries(), clock.now());
  const circuitBreakers = breakersOf(providerGuards.report());
  return {
    database: {
      overall: write.healthy && read.healthy ? 'healthy' : 'unhealthy',
      write,
      read,
    },
    cache: cacheBlockOf(readCache.report(), cache),
    tokens: { ...tokens, ...(cache && { redisConnected: cache.ok }) },
    ...(queues && { queues }),
    ...(circuitBreakers && { circuitBreakers }),
    monitoring: {
      healthy: latest !== undefined && clock.now() - latest.atMs < MAX_OBSERVATION_AGE_MS,
      lastCollectionTime: latest ? new Date(latest.atMs).toISOString() : '',
    },
    ...(disk && { disk: diskOf(disk) }),
    ...(startsLastHour !== undefined && { startsLastHour }),
  };
}

/** Counts, and no shops: the report is for operators of any shop. */
function breakersOf(reports: readonly GuardReport[]): Blocks['circuitBreakers'] {
  if (reports.length === 0) return undefined;
  const byProvider: NonNullable<Blocks['circuitBreakers']> = {};
  for (const { provider, state, waiting, running } of reports) {
    const none = { closed: 0, open: 0, halfOpen: 0, waiting: 0, running: 0 };
    const sum = byProvider[provider] ?? { healthy: true, ...none };
    const field = state === 'CLOSED' ? 'closed' : state === 'OPEN' ? 'open' : 'halfOpen';
    byProvider[provider] = {
      ...sum,
      [field]: sum[field] + 1,
      healthy: sum.healthy && state !== 'OPEN',
      waiting: sum.waiting + waiting,
      running: sum.running + running,
    };
  }
  return byProvider;
}

function queuesOf(report: DeliveryReport | undefined, nowMs: number): Blocks['queues'] {
  if (!report) return undefined;
  const error = report.failing ? 'the log cannot be read' : undefined;
  return Object.fromEntries(
    queueCounts(report, nowMs).map(({ queue, waitingByPriority: _, ...counts }) => [
      queue,
      { healthy: !error && !counts.isPaused, ...counts, ...(error !== undefined && { error }) },
    ]),
  );
}

function poolOf(dependency: Measured | undefined) {
  const { ok = false, latencyMs = 0, reason = 'not configured' } = dependency ?? {};
  return { healthy: ok, connectionTime: latencyMs, ...(!ok && { error: reason }) };
}

function diskOf({ freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }) {
  const percent = (100 * freeBytes) / Math.max(1, totalBytes);
  return { freeMiB: Math.floor(freeBytes / 1_048_576), freePercent: Math.round(percent * 10) / 10 };
}
