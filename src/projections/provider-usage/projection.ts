import type { UsageEvent } from '../../domain/provider-usage/events.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { HourOfCalls, ProviderUsage } from './document.ts';

const NONE: HourOfCalls = { calls: 0, failed: 0, totalMs: 0 };

/** One document per provider and day. */
export const providerUsage: Projection<ProviderUsage, UsageEvent> = {
  name: 'provider-usage',
  version: 1,
  collection: 'provider-usage',
  indexes: [{ name: 'by_day', fields: ['day'] }],
  feed: 'integrations',
  ...perEntity('providerusage'),
  evolve(usage, { data }) {
    const { provider, day, hour, reads, bytes } = data;
    const before = usage?.hours[String(hour)] ?? NONE;
    return {
      ...{ provider, day },
      ...summed(usage ?? NONE, data),
      reads: (usage?.reads ?? 0) + reads,
      bytes: (usage?.bytes ?? 0) + bytes,
      hours: { ...usage?.hours, [String(hour)]: summed(before, data) },
      ...omitUndefined({
        lastSuccessAt: laterOf(usage?.lastSuccessAt, data.lastSuccessAt),
        lastFailureAt: laterOf(usage?.lastFailureAt, data.lastFailureAt),
      }),
    };
  },
};

const summed = (a: HourOfCalls, b: HourOfCalls): HourOfCalls => ({
  calls: a.calls + b.calls,
  failed: a.failed + b.failed,
  totalMs: a.totalMs + b.totalMs,
});

/** Instants of one form sort as texts. Instances can report out of order. */
function laterOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
