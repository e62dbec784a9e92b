import {
  createSystemMetrics,
  MAX_LABEL_LENGTH,
  MAX_SERIES,
} from '../../../src/adapters/system/metrics.ts';

const seriesOf = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`));

describe('The metrics of an instance', () => {
  it('hold 200 series for each of ten shops', async () => {
    const metrics = createSystemMetrics({ runtime: false });
    for (let shop = 0; shop < 10; shop++) {
      for (let code = 0; code < 200; code++) {
        metrics.increment('api_errors_by_endpoint_total', {
          service: `s${shop}`,
          endpoint: '/orders',
          error_code: `code-${code}`,
        });
      }
    }

    const { text } = await metrics.scrape();

    expect(seriesOf(text, 'api_errors_by_endpoint_total')).toHaveLength(2_000);
    expect(seriesOf(text, 'metric_series_dropped_total')).toEqual([]);
  });

  it('refuse more series than the limit of one metric, and count what they refused', async () => {
    const metrics = createSystemMetrics({ runtime: false });
    for (let i = 0; i < MAX_SERIES + 500; i++) {
      metrics.increment('rate_limited_requests_total', { route: `/guess/${i}` });
    }
    metrics.increment('rate_limited_requests_total', { route: '/guess/1' });

    const { text } = await metrics.scrape();

    expect(seriesOf(text, 'rate_limited_requests_total')).toHaveLength(MAX_SERIES);
    expect(text).toContain('rate_limited_requests_total{route="/guess/1"} 2');
    expect(text).toContain('metric_series_dropped_total{metric="rate_limited_requests_total"} 500');
  });

  it('refuse a label that is too long to be a name', async () => {
    const metrics = createSystemMetrics({ runtime: false });
    const route = 'x'.repeat(MAX_LABEL_LENGTH + 1);
    metrics.increment('rate_limited_requests_total', { route });

    const { text } = await metrics.scrape();

    expect(text).not.toContain(route);
    expect(seriesOf(text, 'metric_series_dropped_total')).toHaveLength(1);
  });

  it('forget the series of a gauge that is reset', async () => {
    const metrics = createSystemMetrics({ runtime: false });
    metrics.set('projection_lag_events', { projection: 'old' }, 5);
    metrics.reset('projection_lag_events');
    metrics.set('projection_lag_events', { projection: 'new' }, 7);

    const { text } = await metrics.scrape();

    expect(seriesOf(text, 'projection_lag_events')).toEqual([
      'projection_lag_events{projection="new"} 7',
    ]);
  });

  it('share a scrape with those that come soon after it, where that is wanted', async () => {
    const increment = (metrics: ReturnType<typeof createSystemMetrics>) =>
      metrics.increment('events_appended_total', {});
    const [each, kept] = [0, 60_000].map((keepMs) =>
      createSystemMetrics({ runtime: false, keepMs }),
    ) as [ReturnType<typeof createSystemMetrics>, ReturnType<typeof createSystemMetrics>];
    const twice = async (metrics: typeof each) => {
      const before = await metrics.scrape();
      increment(metrics);
      return (await metrics.scrape()).text === before.text;
    };

    expect([await twice(each), await twice(kept)]).toEqual([false, true]);
  });
});
