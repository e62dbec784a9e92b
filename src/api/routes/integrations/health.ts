import { type Static, Type } from '@sinclair/typebox';

import {
  HEALTH_STATUSES,
  INTEGRATION_PROVIDERS,
  INTEGRATION_STATUSES,
  type IntegrationProvider,
  Provider,
  successRateOf,
} from '../../../domain/integrations/index.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import { oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { costOf, READS_OF_A_MONTH } from '../../../domain/provider-usage/index.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { type Queue, queueOf } from '../../../projections/deliveries/queries.ts';
import type { Integration } from '../../../projections/integrations/document.ts';
import { findIntegration, listIntegrations } from '../../../projections/integrations/queries.ts';
import { callsOfMonth, recentCallsOf } from '../../../projections/provider-usage/queries.ts';
import { query } from '../../query.ts';
import { orNotFound } from '../../responses.ts';
import type { Route } from '../../route.ts';
import type { Services } from '../../services.ts';

const tag = 'Integrations';
const permission = 'integrations:read';
const MONTH_LENGTH = 7;
const BYTES_OF_A_MB = 1_000_000;
/** The channel whose deliveries go to a provider. */
const CHANNELS = { quickbooks: 'books' } as const;

const Count = Type.Integer({ minimum: 0 });

const QuotaSchema = strict(
  {
    limit: Count,
    used: Type.Integer({ minimum: 0, description: 'Reads of this shop in this month.' }),
    remaining: Count,
    resetsAt: Type.String({ description: 'When the next month begins, in UTC.' }),
  },
  { description: 'Reads that the provider gives to the app in a month, for all shops together.' },
);

const HealthSchema = strict(
  {
    provider: Provider,
    status: oneOf(INTEGRATION_STATUSES),
    healthStatus: oneOf(HEALTH_STATUSES, 'As it was judged within the last minute.'),
    healthChangedAt: optional(Type.String()),
    successRate: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'Percent of the calls of the last 24 hours that succeeded; 100 without any.',
    }),
    averageResponseMs: optional(
      Type.Integer({ description: 'Of the calls of this hour and the one before.' }),
    ),
    calls24h: Count,
    failures24h: Count,
    lastSuccessAt: optional(Type.String()),
    lastFailureAt: optional(Type.String()),
    queueDepth: Type.Integer({
      minimum: 0,
      description: 'Deliveries that wait to be sent to the provider, 1,000 at most.',
    }),
    oldestQueuedAt: optional(Type.String()),
    quota: optional(QuotaSchema),
    calculatedAt: Type.String(),
  },
  { $id: 'IntegrationHealth' },
);

const SummarySchema = strict({
  items: Type.Array(HealthSchema),
  summary: strict({
    total: Type.Integer({ minimum: 0, description: 'Without those that ended.' }),
    ...{ connected: Count, healthy: Count, degraded: Count, unhealthy: Count, unknown: Count },
  }),
});

const CostSchema = strict(
  {
    provider: Provider,
    periodStart: Type.String({ description: 'First day, in UTC.' }),
    periodEnd: Type.String({ description: 'Day after the last one, in UTC.' }),
    apiCalls: Count,
    reads: Count,
    failures: Count,
    dataSyncedMb: Type.Number({ description: 'Megabytes sent and received, cut to two decimals.' }),
    currency: optional(Type.String({ description: 'Absent without a price: it costs nothing.' })),
    ...{ baseCostMinor: Count, overageCostMinor: Count, totalCostMinor: Count },
    includedInPlan: Type.Boolean({ description: 'Whether the base covers all calls.' }),
  },
  { $id: 'IntegrationCost' },
);

async function healthOf(
  reads: Reads,
  { clock }: Services,
  storeId: string,
  integration: Integration,
): Promise<Static<typeof HealthSchema>> {
  const { provider, status, healthStatus, healthChangedAt } = integration;
  const nowMs = clock.now();
  const recent = await recentCallsOf(reads, storeId, provider, nowMs);
  const { calls, failed, responseMs: averageResponseMs, ...known } = recent;
  const none: Queue = { depth: 0 };
  const queue = provider in CHANNELS ? await queueOf(reads, CHANNELS.quickbooks) : none;
  const quota = await quotaOf(reads, provider, nowMs);
  return {
    ...{ provider, status, healthStatus, calls24h: calls, failures24h: failed },
    successRate: successRateOf(recent),
    ...known,
    ...omitUndefined({ healthChangedAt, averageResponseMs, oldestQueuedAt: queue.oldestAt, quota }),
    queueDepth: queue.depth,
    calculatedAt: formatInstant(nowMs),
  };
}

async function quotaOf(
  reads: Reads,
  provider: IntegrationProvider,
  nowMs: number,
): Promise<Static<typeof QuotaSchema> | undefined> {
  const limit = READS_OF_A_MONTH[provider];
  if (limit === undefined) return undefined;
  const month = formatInstant(nowMs).slice(0, MONTH_LENGTH);
  const [found] = await callsOfMonth(reads, [provider], month);
  const used = found?.reads ?? 0;
  return {
    ...{ limit, used, remaining: Math.max(0, limit - used) },
    resetsAt: `${monthAfter(month)}-01T00:00:00.000Z`,
  };
}

function monthAfter(month: string): string {
  const next = new Date(`${month}-01T00:00:00.000Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return formatInstant(next.getTime()).slice(0, MONTH_LENGTH);
}

const isThere = ({ status }: Integration) => status !== 'disconnected';

/** How well the exchange with providers goes, and what it costs. */
export const integrationHealthRoutes: readonly Route[] = [
  query({
    path: '/integrations/health',
    operationId: 'listIntegrationHealth',
    summary: 'Health of all connections',
    description:
      'Judged each minute. `unhealthy`: the provider does not answer, less than half of the calls succeed, or a call takes more than 10 s. `degraded`: less than 90 % succeed, or a call takes more than 5 s.',
    tag,
    permission,
    response: SummarySchema,
    async read({ reads, caller }, services) {
      const { items: all } = await listIntegrations(reads, {});
      const items: Static<typeof HealthSchema>[] = [];
      for (const each of all.filter(isThere)) {
        items.push(await healthOf(reads, services, caller.shop.id, each));
      }
      const having = (health: (typeof HEALTH_STATUSES)[number]) =>
        items.filter(({ healthStatus }) => healthStatus === health).length;
      const connected = items.filter(({ status }) => status === 'connected').length;
      return {
        items,
        summary: {
          ...{ total: items.length, connected, healthy: having('healthy') },
          ...{ degraded: having('degraded'), unhealthy: having('unhealthy') },
          unknown: having('unknown'),
        },
      };
    },
  }),
  query({
    path: '/integrations/costs',
    operationId: 'listIntegrationCosts',
    summary: 'Calls to providers in a month, and what they cost',
    description:
      'Counted from the calls themselves; what an instance counted in the last ten minutes can be missing. Prices are those of the setting `PROVIDER_PRICES`.',
    tag,
    permission,
    query: Type.Object({
      period: optional(
        Type.String({
          pattern: '^\\d{4}-(0[1-9]|1[0-2])$',
          description: 'Month in UTC, `YYYY-MM`; default the present one.',
        }),
      ),
    }),
    response: strict({ items: Type.Array(CostSchema) }),
    async read({ reads, query: { period } }, { clock, providerPrices }) {
      const month = period ?? formatInstant(clock.now()).slice(0, MONTH_LENGTH);
      const found = await callsOfMonth(reads, INTEGRATION_PROVIDERS, month);
      return {
        items: found.map(({ provider, calls, reads: readCalls, failed, bytes }) => {
          const price = providerPrices[provider];
          const free = { currency: '', baseMinor: 0, includedCalls: calls, perThousandMinor: 0 };
          const cost = costOf(calls, price ?? free);
          return {
            provider,
            ...{ periodStart: `${month}-01`, periodEnd: `${monthAfter(month)}-01` },
            ...{ apiCalls: calls, reads: readCalls, failures: failed },
            dataSyncedMb: Math.floor((bytes * 100) / BYTES_OF_A_MB) / 100,
            ...(price && { currency: price.currency }),
            ...{ baseCostMinor: cost.baseMinor, overageCostMinor: cost.overageMinor },
            ...{ totalCostMinor: cost.totalMinor, includedInPlan: cost.isIncluded },
          };
        }),
      };
    },
  }),
  query({
    path: '/integrations/:provider/health',
    operationId: 'getIntegrationHealth',
    summary: 'Health of a connection',
    tag,
    permission,
    params: Type.Object({ provider: Provider }),
    response: HealthSchema,
    errors: ['integration_not_found'],
    async read({ params: { provider }, reads, caller }, services) {
      const { id } = caller.shop;
      const found = await findIntegration(reads, id, provider);
      const integration = orNotFound(found, 'integration_not_found', `connection with ${provider}`);
      return healthOf(reads, services, id, integration);
    },
  }),
];
