import { createHmac } from 'node:crypto';

import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { createSignedWebhooks } from '../../../src/adapters/webhooks/standard-webhooks.ts';
import { startHttpServer, type TestServer } from '../../support/http-server.ts';
import { keyOf, newKey } from '../support/api-world.ts';
import { openShop, placeSale, type PostOptions, type Shop } from './support/shop.ts';

const BASE = '/webhook-subscriptions';

describe('Webhook subscriptions', () => {
  let receiver: TestServer;
  let status: number;
  let shop: Shop;
  let httpClient: ReturnType<typeof createSafeFetch>;
  let url: string;
  beforeEach(async () => {
    status = 204;
    receiver = await startHttpServer((_request, _req, res) => {
      res.writeHead(status);
      res.end();
    });
    url = `http://127.0.0.1:${receiver.port}/hook`;
    httpClient = createSafeFetch({ allowed: ['127.0.0.1'] });
    const signedWebhooks = createSignedWebhooks({ httpClient, clock: systemClock });
    shop = await openShop({ transports: { signedWebhooks } });
  });
  afterEach(async () => {
    await shop.stop();
    httpClient.close();
    await receiver.stop();
  });

  const patch = (path: string, json: unknown, { key = newKey() }: PostOptions = {}) =>
    shop.world.call('PATCH', path, {
      key: keyOf('a'),
      headers: { 'Idempotency-Key': key },
      json,
    });

  async function subscribe(events = ['order.placed', 'order.status_changed']) {
    const added = await shop.post(BASE, { url, events });
    expect(added.status).toBe(201);
    const { subscriptionId, secret } = added.body as Record<string, string>;
    return { path: `${BASE}/${String(subscriptionId)}`, secret: String(secret) };
  }

  /** Waits for the log to grow until the deliveries are as expected. */
  async function untilDeliveries(isDone: (items: Record<string, unknown>[]) => boolean) {
    for (;;) {
      const after = await shop.world.log.head();
      const { body } = await shop.get('/deliveries?channel=subscription');
      const items = body['items'] as Record<string, unknown>[];
      if (isDone(items)) return items;
      const { signal } = new AbortController();
      for await (const { kind } of shop.world.log.subscribe({ after, signal })) {
        if (kind === 'events') break;
      }
    }
  }
  const untilStates = (...states: string[]) =>
    untilDeliveries((items) => {
      const found = items.map(({ state }) => String(state));
      return found.sort().join() === [...states].sort().join();
    });

  function signatureOf(secret: string, request: TestServer['requests'][number]) {
    const { headers, body } = request;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
  }

  it('send what happens, signed with the secret that was shown once', async () => {
    const { path, secret } = await subscribe();
    const orderId = await placeSale(shop, 500);
    await untilStates('succeeded');

    const [request] = receiver.requests;
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'order.placed',
      data: { orderId, storeId: 'a', revision: 0, totals: { totalMinor: 500 } },
    });
    expect(request?.headers['webhook-signature']).toBe(
      signatureOf(secret, request as TestServer['requests'][number]),
    );
    const shown = JSON.stringify((await shop.get(path)).body);
    expect(shown).not.toContain('whsec_');
    expect(shop.world.lines.join()).not.toContain(secret);
  });

  it('show the same secret to a repeat, and both sign after a rotation', async () => {
    const json = { url, events: ['order.placed'] };
    const first = await shop.post(BASE, json, { key: 'same' });
    const again = await shop.post(BASE, json, { key: 'same' });
    expect(again.body).toEqual(first.body);
    const path = `${BASE}/${String(first.body['subscriptionId'])}`;
    const rotated = await shop.post(`${path}/rotate-secret`, {});
    expect(rotated.body['secret']).not.toBe(first.body['secret']);

    await placeSale(shop, 500);
    await untilStates('succeeded');
    const [request] = receiver.requests;
    const signatures = String(request?.headers['webhook-signature']).split(' ');
    const secrets = [rotated, first].map(({ body }) => String(body['secret']));
    expect(signatures).toEqual(
      secrets.map((each) => signatureOf(each, request as TestServer['requests'][number])),
    );
  });

  it('send nothing while paused, and again after they were resumed', async () => {
    const { path } = await subscribe(['order.placed']);
    await shop.post(BASE, { url: `${url}/other`, events: ['order.placed'] });
    expect((await patch(path, { active: false })).body).toMatchObject({
      ...{ active: false, pauseCause: 'person' },
    });
    await placeSale(shop, 500);
    await untilStates('succeeded');
    expect(receiver.requests.map((request) => request.url)).toEqual(['/hook/other']);

    expect((await patch(path, { active: true })).body['active']).toBe(true);
    await placeSale(shop, 700);
    await untilStates('succeeded', 'succeeded', 'succeeded');
    const to = receiver.requests.map((request) => request.url).sort();
    expect(to).toEqual(['/hook', '/hook/other', '/hook/other']);
  });

  it('are tried with a webhook of their own, also while paused', async () => {
    const { path } = await subscribe();
    await patch(path, { active: false });
    const tested = await shop.post(`${path}/test`, undefined);
    expect(tested.status).toBe(202);
    await untilStates('succeeded');
    expect(receiver.requests[0]?.body).toContain('webhook.test');
    expect((await shop.get(`/deliveries/${String(tested.body['deliveryId'])}`)).body).toMatchObject(
      {
        ...{ channel: 'subscription', topic: 'webhook.test', state: 'succeeded' },
      },
    );
  });

  it('are paused when the receiver is gone, and what is parked is sent after a retry', async () => {
    const { path } = await subscribe(['order.placed']);
    status = 410;
    await placeSale(shop, 500);
    const [parked] = await untilStates('parked');
    expect(parked).toMatchObject({
      code: 'webhook_410',
      reason: 'The receiver takes no more webhooks.',
    });
    await untilPaused(path);
    expect((await shop.get(path)).body).toMatchObject({ active: false, pauseCause: 'gone' });

    status = 204;
    const moved = `${url}/new`;
    await patch(path, { active: true, url: moved });
    const retried = await shop.post('/deliveries/retry', { since: '2020-01-01T00:00:00Z' });
    expect(retried.body['retried']).toHaveLength(1);
    await untilStates('succeeded');
    expect(receiver.requests.at(-1)?.url).toBe('/hook/new');
  });

  async function untilPaused(path: string): Promise<void> {
    for (;;) {
      const after = await shop.world.log.head();
      if ((await shop.get(path)).body['active'] === false) return;
      const { signal } = new AbortController();
      for await (const { kind } of shop.world.log.subscribe({ after, signal })) {
        if (kind === 'events') break;
      }
    }
  }

  it('that were removed get nothing that was parked for them', async () => {
    const { path } = await subscribe(['order.placed']);
    status = 410;
    await placeSale(shop, 500);
    await untilStates('parked');
    expect((await shop.remove(path, undefined)).status).toBe(200);
    expect((await shop.get(path)).body['code']).toBe('webhook_subscription_not_found');
    await shop.post('/deliveries/retry', { since: '2020-01-01T00:00:00Z' });
    await untilStates('cancelled');
    expect(receiver.requests).toHaveLength(1);
  });

  it('are of one shop: another one sees, changes and receives nothing', async () => {
    const { path } = await subscribe(['order.placed']);
    expect((await shop.get(BASE, { store: 'b' })).body).toEqual({ items: [] });
    expect((await shop.get(path, { store: 'b' })).status).toBe(404);
    expect((await shop.remove(path, undefined, { store: 'b' })).status).toBe(404);
    expect((await shop.post(`${path}/test`, undefined, { store: 'b' })).status).toBe(404);
    await shop.post('/orders', { currency: 'USD', lines: LINES }, { store: 'b' });
    const orderId = await placeSale(shop, 500);
    await untilStates('succeeded');
    expect(receiver.requests.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { data: { storeId: 'a', orderId } },
    ]);
  });

  const LINES = [{ lineId: 'goods', name: 'Goods', quantity: '1', unitPriceMinor: 500 }];

  it.each([
    'ftp://erp.example.com/',
    'https://user:secret@erp.example.com/',
    'https://erp.example.com/#part',
    'erp.example.com',
  ])('are refused with the address %s', async (address) => {
    const answer = await shop.post(BASE, { url: address, events: ['order.placed'] });
    expect(answer.status).toBe(400);
  });

  it('never reach the machine itself unless its operator allows it', async () => {
    const added = await shop.post(BASE, { url: 'http://[::1]:1/', events: ['order.placed'] });
    expect(added.status).toBe(400);
    await shop.post(BASE, { url: 'https://10.0.0.1/', events: ['order.placed'] });
    await placeSale(shop, 500);
    const [parked] = await untilStates('parked');
    expect(parked).toMatchObject({ code: 'webhook_destination_not_allowed' });
  });
});
