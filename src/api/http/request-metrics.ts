import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { ShopSource } from '../../domain/kernel/shop.ts';
import { derived } from '../../lib/derived.ts';
import type { SlidingTally } from '../../lib/sliding-tally.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { RequestContext } from './request-context.ts';

/** Shops with a series of their own; requests of the others count together. */
export const MAX_SHOP_LABELS = 100;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Label of a request that reached no route. */
const NO_ROUTE = 'none';

export interface RequestMetricsOptions {
  readonly metrics: Metrics;
  readonly shops: ShopSource;
  readonly clock: Clock;
  /** Denied requests of the last minutes by shop; those without a valid key by SYSTEM_STORE. */
  readonly denials: SlidingTally;
}

/** What one finished request was. */
export interface FinishedRequest {
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
  readonly context: RequestContext;
}

/** Measures finished requests by route template and status class, never by path or id. */
export function createRequestMetrics(options: RequestMetricsOptions) {
  const { metrics, shops, clock, denials } = options;
  const labelled = derived(
    shops,
    (current) => new Set(current.slice(0, MAX_SHOP_LABELS).map(({ id }) => id)),
  );

  return ({ method, status, seconds, context }: FinishedRequest): void => {
    const route = context.route === '' ? NO_ROUTE : context.route;
    const shop = context.caller?.shop.id;
    const verb = METHODS.has(method) ? method : 'OTHER';
    const labels = { method: verb, route, status_class: `${Math.floor(status / 100)}xx` };
    metrics.observe('http_request_duration_seconds', labels, seconds);
    if (shop !== undefined) {
      const label = labelled().has(shop) ? shop : 'other';
      metrics.increment('requests_by_shop_total', { shop: label });
    }
    if (status < 400) return;
    const error_code = context.errorCode ?? String(status);
    metrics.increment('api_errors_by_endpoint_total', {
      service: 'api',
      endpoint: route,
      error_code,
    });
    if (status === 429) metrics.increment('rate_limited_requests_total', { route });
    if (status !== 401 && status !== 403) return;
    metrics.increment('denied_requests_total', { route, reason: error_code });
    denials.add(shop ?? SYSTEM_STORE, clock.now());
  };
}
