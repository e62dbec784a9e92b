import { PROVIDERS } from '../../domain/kernel/providers.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { DocumentQueries } from '../../ports/read-store.ts';
import { paymentNotices } from '../../projections/payment-notices/projection.ts';
import { webhooks } from '../../projections/webhooks/projection.ts';

/** Where notices come from: the provider of payments, and each provider that sends webhooks. */
const SOURCES = [
  { source: 'payments', model: paymentNotices.name, where: {} },
  ...PROVIDERS.map((provider) => ({
    ...{ source: provider, model: webhooks.name, where: { provider } },
  })),
];

export interface NoticeAgesOptions {
  readonly readStore: DocumentQueries;
  readonly projections: Pick<ProjectionView, 'serving'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
}

/** The time since the last notice of each source, for metrics (P5). */
export interface NoticeAges {
  /** Reads the newest notices. @throws when the read store does not answer. */
  refresh(storeIds: readonly string[]): Promise<void>;
  /** Shows no ages any more: another instance reads them now. */
  forget(): void;
}

/** The ages grow with each scrape, also between two reads. A source without a notice has none. */
export function createNoticeAges(options: NoticeAgesOptions): NoticeAges {
  const { readStore, projections, clock, metrics } = options;
  const newest = new Map<string, number>();
  metrics.onScrape(() => {
    metrics.reset('last_notice_age_seconds');
    for (const [source, atMs] of newest) {
      const ageMs = Math.max(0, clock.now() - atMs);
      metrics.set('last_notice_age_seconds', { source }, ageMs / 1_000);
    }
  });
  return {
    async refresh(storeIds) {
      for (const { source, model, where } of SOURCES) {
        const collection = projections.serving(model);
        if (collection === undefined) continue;
        const order = { orderBy: 'receivedAt', direction: 'descending', limit: 1 } as const;
        for (const storeId of storeIds) {
          const documents = readStore.forStore(storeId);
          const query = { where, ...order };
          const [last] = await documents.find<{ receivedAt: string }>(collection, query);
          if (!last) continue;
          const atMs = Date.parse(last.body.receivedAt);
          newest.set(source, Math.max(atMs, newest.get(source) ?? atMs));
        }
      }
    },
    forget: () => newest.clear(),
  };
}
