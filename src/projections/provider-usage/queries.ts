import type { IntegrationProvider } from '../../domain/integrations/events.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { documentKey } from '../../domain/kernel/names.ts';
import { usageIdOf } from '../../domain/provider-usage/events.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { HourOfCalls, ProviderUsage } from './document.ts';
import { providerUsage } from './projection.ts';

const DAY_MS = 86_400_000;
const DAY_LENGTH = 10;
const HOURS = 24;
/** Documents of a month: one per provider and day. */
const MAX_DAYS = 31;

/** The calls of the last 24 hours, to the hour. */
export interface RecentCalls {
  readonly calls: number;
  readonly failed: number;
  /** Of a call of this hour and the one before on average, in ms; undefined without any. */
  readonly responseMs?: number;
  readonly lastSuccessAt?: string;
  readonly lastFailureAt?: string;
}

/** What is known of the calls to a provider, from the documents of today and yesterday. */
export async function recentCallsOf(
  reads: Reads,
  storeId: string,
  provider: IntegrationProvider,
  nowMs: number,
): Promise<RecentCalls> {
  const now = formatInstant(nowMs);
  const hour = Number(now.slice(DAY_LENGTH + 1, DAY_LENGTH + 3));
  const dayOf = async (ms: number) => {
    const id = usageIdOf(provider, formatInstant(ms).slice(0, DAY_LENGTH));
    return (await reads.get<ProviderUsage>(providerUsage.name, documentKey(storeId, id)))?.body;
  };
  const [today, yesterday] = await Promise.all([dayOf(nowMs), dayOf(nowMs - DAY_MS)]);
  const counted: HourOfCalls[] = [];
  for (let h = 0; h < HOURS; h++) {
    const found = (h <= hour ? today : yesterday)?.hours[String(h)];
    if (found) counted.push(found);
  }
  const before = hour === 0 ? yesterday?.hours[String(HOURS - 1)] : today?.hours[String(hour - 1)];
  const lately = sumOf([today?.hours[String(hour)], before]);
  const { calls, failed } = sumOf(counted);
  const responseMs = lately.calls === 0 ? undefined : Math.round(lately.totalMs / lately.calls);
  const { lastSuccessAt = yesterday?.lastSuccessAt, lastFailureAt = yesterday?.lastFailureAt } =
    today ?? {};
  return {
    ...{ calls, failed },
    ...omitUndefined({ responseMs, lastSuccessAt, lastFailureAt }),
  };
}

function sumOf(hours: readonly (HourOfCalls | undefined)[]): HourOfCalls {
  let sum: HourOfCalls = { calls: 0, failed: 0, totalMs: 0 };
  for (const hour of hours) {
    if (!hour) continue;
    const { calls, failed, totalMs } = hour;
    sum = {
      calls: sum.calls + calls,
      failed: sum.failed + failed,
      totalMs: sum.totalMs + totalMs,
    };
  }
  return sum;
}

/** Calls to one provider in one month. */
export interface MonthOfCalls {
  readonly provider: IntegrationProvider;
  readonly calls: number;
  readonly reads: number;
  readonly failed: number;
  readonly bytes: number;
}

/** The calls of a month, `YYYY-MM` in UTC, by provider. */
export async function callsOfMonth(
  reads: Reads,
  providers: readonly IntegrationProvider[],
  month: string,
): Promise<readonly MonthOfCalls[]> {
  const found = await reads.find<ProviderUsage>(providerUsage.name, {
    range: { field: 'day', from: `${month}-01`, below: `${month}-99` },
    orderBy: 'day',
    limit: MAX_DAYS * providers.length,
  });
  const days = found.map(({ body }) => body);
  return providers.flatMap((provider) => {
    const own = days.filter((each) => each.provider === provider);
    if (own.length === 0) return [];
    const total = (of: (day: ProviderUsage) => number) =>
      own.reduce((sum, day) => sum + of(day), 0);
    return [
      {
        provider,
        calls: total(({ calls }) => calls),
        reads: total(({ reads: count }) => count),
        failed: total(({ failed }) => failed),
        bytes: total(({ bytes }) => bytes),
      },
    ];
  });
}
