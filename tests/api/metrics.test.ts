import { createSystemMetrics } from '../../src/adapters/system/metrics.ts';
import { serveMetrics } from '../../src/boot/metrics-server.ts';
import { METRICS } from '../../src/ports/metric-definitions.ts';
import { openShop, saleOf, type Shop } from './routes/support/shop.ts';
import { keyOf } from './support/api-world.ts';

/** The value of one series; undefined when it is not there. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('GET /metrics', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop({ metrics: createSystemMetrics({ runtime: false }) });
  });
  afterEach(() => shop.stop());

  const scrape = () => shop.world.call('GET', '/metrics', { key: keyOf('a', 'operator') });

  it('is for operators alone', async () => {
    const without = await shop.world.call('GET', '/metrics', { key: null });
    const asTill = await shop.world.call('GET', '/metrics', { key: keyOf('a', 'till') });

    expect([without.status, asTill.status]).toEqual([401, 403]);
  });

  it('shows orders, appends, commands and requests by route template', async () => {
    const appends = 'event_append_duration_seconds_count{outcome="done"}';
    const before = (await scrape()).text;
    const placed = await shop.post('/orders', saleOf(1_000));
    const { orderId } = placed.body as { orderId: string };
    await shop.get(`/orders/${orderId}`);

    const { status, headers, text } = await scrape();
    const added = (name: string) => Number(valueOf(text, name)) - Number(valueOf(before, name));

    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(valueOf(text, 'orders_processed_per_minute')).toBe(1);
    expect(valueOf(text, 'business_events_total{event_type="order_processed"}')).toBe(1);
    expect(added('events_appended_total')).toBe(1);
    expect(added(appends)).toBe(1);
    const command = 'command_duration_seconds_count{category="order",outcome="done"}';
    expect(valueOf(text, command)).toBe(1);
    const request = 'method="GET",route="/orders/:orderId",status_class="2xx"';
    expect(valueOf(text, `http_request_duration_seconds_count{${request}}`)).toBe(1);
    expect(valueOf(text, 'requests_by_shop_total{shop="a"}')).toBeGreaterThanOrEqual(2);
    expect(text).not.toContain(orderId);
  });

  it('shows the state of each read model and process', async () => {
    await shop.post('/orders', saleOf(1_000));

    const { text } = await scrape();

    expect(valueOf(text, 'projection_state{projection="order-list",state="live"}')).toBe(1);
    expect(valueOf(text, 'process_failing{process="settlement"}')).toBe(0);
    expect(valueOf(text, 'process_timers_due{process="fulfilment"}')).toBe(0);
    expect(valueOf(text, 'process_timer_lag_seconds{process="fulfilment"}')).toBe(0);
  });

  it('counts a repeated write as a request and not as an order', async () => {
    await shop.post('/orders', saleOf(1_000), { key: 'one' });
    await shop.post('/orders', saleOf(1_000), { key: 'one' });

    const { text } = await scrape();

    expect(valueOf(text, 'orders_processed_per_minute')).toBe(1);
    const repeated = 'command_duration_seconds_count{category="order",outcome="repeated"}';
    expect(valueOf(text, repeated)).toBe(1);
  });

  it('counts denied requests and errors by endpoint and code', async () => {
    await shop.world.call('GET', '/orders', { key: 'guess' });
    await shop.world.call('GET', '/projections', { key: keyOf('a', 'till') });
    await shop.world.call('GET', '/nowhere');

    const { text } = await scrape();

    const denied = (route: string, reason: string) =>
      valueOf(text, `denied_requests_total{route="${route}",reason="${reason}"}`);
    expect(denied('/orders', 'unauthenticated')).toBe(1);
    expect(denied('/projections', 'forbidden')).toBe(1);
    const missing = 'service="api",endpoint="none",error_code="not_found"';
    expect(valueOf(text, `api_errors_by_endpoint_total{${missing}}`)).toBe(1);
  });

  it('exports every declared metric by its name and type', async () => {
    const { text } = await scrape();

    for (const [name, { type }] of Object.entries(METRICS)) {
      expect(text).toContain(`# TYPE ${name} ${type}\n`);
    }
  });
});

describe('METRICS_PORT', () => {
  it('serves the metrics without a key, and nothing else', async () => {
    const metrics = createSystemMetrics({ runtime: false });
    metrics.increment('events_appended_total', {}, 3);
    const server = await serveMetrics({ metrics, port: 0, host: '127.0.0.1' });
    try {
      const url = `http://127.0.0.1:${server.port}`;
      const scraped = await fetch(`${url}/metrics`);
      const other = await fetch(`${url}/health`);

      expect([scraped.status, other.status]).toEqual([200, 404]);
      expect(valueOf(await scraped.text(), 'events_appended_total')).toBe(3);
    } finally {
      await server.close();
    }
  });
});
