import { AsyncLocalStorage } from 'node:async_hooks';

import {
  type Context,
  context,
  type ContextManager,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

import { createSystemTracer } from '../../src/adapters/system/tracer.ts';
import { openShop, saleOf, type Shop } from './routes/support/shop.ts';

/** What the Node SDK brings: the span of the caller is the parent of those in its calls. */
function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.call(self, ...args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

describe('Traces', () => {
  const exporter = new InMemorySpanExporter();
  let shop: Shop;

  beforeAll(async () => {
    expect(createSystemTracer()).toBeUndefined();
    context.setGlobalContextManager(createContextManager());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
    const tracer = createSystemTracer();
    if (!tracer) throw new Error('expected spans to be recorded');
    shop = await openShop({ tracer });
    exporter.reset();
  });
  afterAll(async () => {
    await shop.stop();
    trace.disable();
    context.disable();
  });
  afterEach(() => exporter.reset());

  const named = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);

  it('lead from a request over its command to the append, with the correlation id', async () => {
    const headers = { 'X-Correlation-Id': 'trace-me-1' };
    const placed = await shop.post('/orders', saleOf(1_000), { headers });

    const [request] = named('POST /orders');
    const [command] = named('command PlaceOrder');
    const append = named('log.append').find(({ attributes }) => attributes['category'] === 'order');
    const correlationId = placed.headers.get('x-correlation-id');

    expect(placed.status).toBe(202);
    expect(request?.attributes).toMatchObject({
      operation: 'placeOrder',
      correlation_id: correlationId,
    });
    expect(command?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(append?.parentSpanContext?.spanId).toBe(command?.spanContext().spanId);
    expect(append?.attributes).toMatchObject({ events: 1, correlation_id: correlationId });
  });

  it('show the reads of a query', async () => {
    await shop.get('/orders');

    const [request] = named('GET /orders');
    const find = named('read-store.find').find(
      (span) => span.parentSpanContext?.spanId === request?.spanContext().spanId,
    );

    expect(find?.attributes['collection']).toContain('order_list');
  });

  it('hold neither personal data nor keys, also when a request fails', async () => {
    await shop.post('/customers', { name: 'Very Secret Name', creditLimitMinor: null });
    const failed = await shop.post('/customers', { name: 'Secret Failure', unknown: 1 });

    const texts = exporter.getFinishedSpans().map(({ name, attributes, status, events }) => ({
      ...{ name, attributes, status, events },
    }));

    expect(failed.status).toBe(400);
    expect(named('POST /customers').at(-1)?.status.message).toBe('RequestError');
    expect(JSON.stringify(texts)).not.toMatch(/Secret|key-of/);
  });
});
