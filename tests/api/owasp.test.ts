import { createHttpEndpoint } from '../../src/adapters/audit/http-endpoint.ts';
import { systemCipher } from '../../src/adapters/system/cipher.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { createSafeFetch } from '../../src/adapters/system/safe-fetch.ts';
import { START } from '../../src/domain/kernel/position.ts';
import { features } from '../../src/features/index.ts';
import { readProjectFile } from '../architecture/project-files.ts';
import { startHttpServer } from '../support/http-server.ts';
import { openAccount, openShop, placeSale, saleOf, type Shop } from './routes/support/shop.ts';
import { keyOf, newKey } from './support/api-world.ts';

const RISKS = Array.from({ length: 10 }, (_, i) => `API${i + 1} `);
const PAGE = readProjectFile('docs/explanation/owasp-api-top-ten.md');

describe('The OWASP API top ten', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.stop());

  const send = (method: string, path: string, more: Parameters<Shop['world']['call']>[2] = {}) =>
    shop.world.call(method, path, {
      ...more,
      headers: { 'idempotency-key': newKey(), ...more.headers },
    });

  it('has a row for each risk in its page', () => {
    for (const risk of RISKS) expect(PAGE).toContain(`| ${risk}`);
  });

  it('API1: an object of another shop does not exist, for reads and writes', async () => {
    const orderId = await placeSale(shop, 1_000);
    const other = { key: keyOf('b') };
    const payment = { method: 'cash', amountMinor: 1_000, currency: 'USD' };

    const read = await send('GET', `/orders/${orderId}`, other);
    const paid = await send('POST', `/orders/${orderId}/payments`, { ...other, json: payment });

    expect([read.status, paid.status]).toEqual([404, 404]);
  });

  it('API2: no unsigned token, and no end of guesses', async () => {
    const head = Buffer.from('{"alg":"none"}').toString('base64url');
    const body = Buffer.from('{"sub":"admin","storeId":"a"}').toString('base64url');
    expect((await send('GET', '/orders', { key: `${head}.${body}.` })).status).toBe(401);

    const login = { email: 'admin@shop.example', password: 'password', storeId: 'a' };
    const codes = new Set<unknown>();
    for (let guess = 0; guess < 12; guess++) {
      const { body: problem } = await send('POST', '/auth/login', { key: null, json: login });
      codes.add(problem['code']);
    }
    expect(codes).toEqual(new Set(['invalid_credentials', 'too_many_attempts']));
  }, 60_000);

  it('API3: no field is set that is not declared, and none is shown without the right', async () => {
    const raised = await send('POST', '/orders', { json: { ...saleOf(100), status: 'COMPLETED' } });
    expect([raised.status, raised.body['code']]).toEqual([400, 'invalid_request']);

    const customerId = await openAccount(shop, { name: 'Marta Ruiz' });
    const seen = await shop.get(`/customers/${customerId}`, { role: 'auditor' });
    expect(seen.status).toBe(200);
    expect(seen.text).not.toContain('Marta');
  });

  it('API4: bodies, pages and nesting have limits', async () => {
    const type = { 'content-type': 'application/json' };
    const large = await send('POST', '/orders', {
      raw: `"${'x'.repeat(5_000_000)}"`,
      headers: type,
    });
    const nested = await send('POST', '/orders', { raw: '['.repeat(100_000), headers: type });
    const page = await send('GET', '/orders?limit=1000000');

    expect([large.status, nested.status, page.status]).toEqual([413, 400, 400]);
  });

  it('API5: a function of another role is denied, and that is recorded', async () => {
    const key = keyOf('a', 'till');
    const rebuilt = await send('POST', '/projections/order-list/rebuild', { key, json: {} });
    const changed = await send('PUT', '/system/configuration/hours', { key, json: { value: '9' } });

    expect([rebuilt.status, changed.status]).toEqual([403, 403]);
    const { body } = await shop.get('/audit?action=PERMISSION_CHECK_FAILED');
    expect((body['items'] as unknown[]).length).toBeGreaterThan(0);
  });

  it('API6: a sale that is sent many times at once happens once', async () => {
    const headers = { 'idempotency-key': newKey() };
    const once = () => send('POST', '/orders', { json: saleOf(777), headers });

    const answers = await Promise.all(Array.from({ length: 20 }, once));

    const orders = new Set(answers.map(({ body }) => body['orderId']).filter(Boolean));
    expect(orders.size).toBe(1);
    const { events } = await shop.world.log.readAll({ after: START, limit: 1_000 });
    const placed = events.filter(
      ({ type, metadata }) =>
        type === 'OrderPlaced' && metadata.commandId === headers['idempotency-key'],
    );
    expect(placed).toHaveLength(1);
  });

  it.each([
    'http://127.0.0.1:1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::ffff:10.0.0.1]/',
    'https://localhost/',
    'file:///etc/passwd',
  ])('API7: no outgoing call reaches %s', async (url) => {
    const client = createSafeFetch({ allowed: [] });
    await expect(client.send({ method: 'GET', url })).rejects.toMatchObject({
      code: 'destination_not_allowed',
    });
    client.close();
  });

  it('API8: responses name no software, allow no frame, and show no stack', async () => {
    const { headers, text, status } = await send('GET', '/no/such/path');
    expect(status).toBe(404);
    expect(text).not.toMatch(/node_modules|\.ts:\d|express/i);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('API9: every route is documented, with the permission that it needs', async () => {
    const { body } = await send('GET', '/openapi.json', { key: null });
    const paths = body['paths'] as Record<string, Record<string, unknown>>;
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const served = features
      .flatMap(({ routes }) => routes)
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);

    expect(served.filter((route) => !documented.includes(route))).toEqual([]);
  });

  it('API10: a response of another system is not followed, and not believed', async () => {
    const server = await startHttpServer((_request, _req, res) => {
      res.writeHead(302, { location: 'http://169.254.169.254/' });
      res.end('x'.repeat(100));
    });
    const endpoint = createHttpEndpoint({
      httpClient: createSafeFetch({ allowed: ['127.0.0.1'] }),
      cipher: systemCipher,
      clock: systemClock,
      url: `http://127.0.0.1:${server.port}/`,
      ...{ token: '', secret: '' },
    });
    const { signal } = new AbortController();

    const outcome = await endpoint.send({
      ...{ key: 'k', reference: 'a.1', storeId: 'a', lines: '{}\n' },
      signal,
    });

    expect(outcome).toMatchObject({ outcome: 'failed', failureClass: 'retry', code: 'audit_302' });
    expect(server.requests).toHaveLength(1);
    await server.stop();
  });
});
