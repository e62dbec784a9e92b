import {
  signAsQuickBooks,
  signAsSquare,
  type SignedWebhook,
} from '../../../simulators/webhooks/signatures.ts';
import { createMemoryRateLimit } from '../../../src/adapters/memory/rate-limit.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import {
  APP_SECRET,
  cloudEvents,
  HIDDEN,
  mercadoPagoNotice,
  SQUARE_URL,
  squareEvent,
  squareWebhook,
  stripeEvent,
} from '../../support/webhooks/apps.ts';
import { openShop, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

function post(address: string, webhook: SignedWebhook, to = shop) {
  const { query, headers, body } = webhook;
  return to.world.call('POST', `/webhooks/${address}${query}`, { key: null, raw: body, headers });
}

type Listed = Readonly<Record<string, unknown>>;
async function listed(query: string, store = 'a'): Promise<readonly Listed[]> {
  const { status, body } = await shop.get(`/webhook-notices?${query}`, { store });
  expect(status).toBe(200);
  return body['items'] as Listed[];
}

const NOTHING = { received: 0, ignored: 0, duplicates: 0, unassigned: 0 };

/** Security events of a shop about its webhook addresses. */
async function incidents(of = shop): Promise<readonly Listed[]> {
  const { events } = await of.world.log.readAll({
    after: { commit: -1n, prepare: -1n },
    limit: 20_000,
  });
  return events.filter(({ type }) => type === 'WebhookRejected').map(({ data }) => data as Listed);
}
async function incidentsDuring(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const before = (await incidents()).length;
  await work();
  return (await incidents()).slice(before).map(({ action, severity }) => [action, severity]);
}

describe('a webhook', () => {
  it('is kept before it is answered, and found by the ids of its event, entity and order', async () => {
    const webhook = squareWebhook({ event_id: 'evt-1', order_id: 'order-of-evt-1' });
    const { status, body } = await post('square/main', webhook);
    expect([status, body]).toEqual([200, { ...NOTHING, received: 1 }]);
    const stored = await shop.world.log.readStream(streamName('webhook', 'a', 'square-evt-1'));
    expect(stored.filter(({ type }) => type === 'WebhookReceived')).toHaveLength(1);
    const expected = {
      ...{ webhookId: 'square-evt-1', provider: 'square', app: 'main' },
      ...{ account: 'merchant-a', eventId: 'evt-1', eventType: 'payment.updated' },
      ...{ isSigned: true, entityType: 'payment', entityId: 'pay-evt-1' },
      ...{ orderId: 'order-of-evt-1', occurredAt: '2026-01-15T18:00:00.000Z' },
      ...{
        bodySha256: systemDigest.sha256(webhook.body),
        receivedAt: expect.any(String) as string,
      },
    };
    for (const query of ['eventId=evt-1', 'entityId=pay-evt-1', 'orderId=order-of-evt-1']) {
      expect([query, await listed(query)]).toMatchObject([query, [expected]]);
    }
    expect((await shop.get('/webhook-notices/square-evt-1')).body).toMatchObject(expected);
    expect((await shop.get('/webhook-notices/square-other')).status).toBe(404);
  });

  it('is kept word for word, encrypted, for those who may read it', async () => {
    const webhook = squareWebhook({ event_id: 'evt-body', order_id: 'marta@example.org' });
    await post('square/main', webhook);
    const path = '/webhook-notices/square-evt-body/body';
    expect((await shop.get(path)).body).toMatchObject({ body: webhook.body });
    expect((await shop.get(path, { role: 'auditor' })).status).toBe(403);
    expect((await shop.get(path, { store: 'b' })).status).toBe(404);
    const [event] = await shop.world.log.readStream(streamName('webhook', 'a', 'square-evt-body'));
    const { body } = event?.data as { readonly body: string };
    expect(body).not.toContain('marta');
  });

  it('that comes again is answered in the same way, for ever, and kept once', async () => {
    const webhook = squareWebhook({ event_id: 'evt-twice' });
    const all = await Promise.all(Array.from({ length: 5 }, () => post('square/main', webhook)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const counts = all.map(({ body }) => body as typeof NOTHING);
    expect(counts.filter(({ received }) => received === 1)).toHaveLength(1);
    expect(counts.filter(({ duplicates }) => duplicates === 1)).toHaveLength(4);
    expect(await listed('eventId=evt-twice')).toHaveLength(1);
  });

  it('of a type that is not known is kept and ignored', async () => {
    const webhook = squareWebhook({ event_id: 'evt-new', type: 'robot.exploded' });
    expect((await post('square/main', webhook)).body).toEqual({
      ...{ ...NOTHING, received: 1, ignored: 1 },
    });
    expect(await listed('eventId=evt-new')).toMatchObject([{ status: 'ignored' }]);
    expect(await listed('status=ignored&provider=square')).toMatchObject([{ eventId: 'evt-new' }]);
  });

  it('of an account of another shop is kept there, and of no shop nowhere', async () => {
    await post('square/main', squareWebhook({ event_id: 'evt-b', merchant_id: 'merchant-b' }));
    expect(await listed('eventId=evt-b')).toEqual([]);
    expect(await listed('eventId=evt-b', 'b')).toHaveLength(1);
    for (const merchant_id of ['merchant-x', 'merchant-gone']) {
      const answer = await post('square/main', squareWebhook({ event_id: 'evt-x', merchant_id }));
      expect([answer.status, answer.body]).toEqual([200, { ...NOTHING, unassigned: 1 }]);
    }
    expect(await listed('eventId=evt-x')).toEqual([]);
  });

  it('has an address of an app, and no other', async () => {
    const answer = await post('square/other', squareWebhook({ event_id: 'evt-lost' }));
    expect([answer.status, answer.body['code']]).toEqual([404, 'webhook_address_unknown']);
  });
});

describe('a request that is not from the provider', () => {
  const wrong = (change: (webhook: SignedWebhook) => Partial<SignedWebhook>) => {
    const webhook = squareWebhook({ event_id: 'evt-wrong' });
    return post('square/main', { ...webhook, ...change(webhook) });
  };

  it('is rejected and recorded as a security event, and nothing is kept', async () => {
    const found = await incidentsDuring(async () => {
      const answers = [
        await wrong(() => ({ headers: { 'content-type': 'application/json' } })),
        await wrong(({ body }) => ({ body: `${body} ` })),
        await wrong(({ body }) => ({ body: body.replace('order-1', 'order-2') })),
        await wrong(() => ({ headers: stripeEvent('evt-wrong').headers })),
        // Nor does a body that is no JSON get another answer than a wrong signature.
        await wrong(() => ({ body: '{"merchant_id":' })),
      ];
      for (const { status, body } of answers) {
        expect([status, body['code']]).toEqual([401, 'webhook_not_signed']);
      }
    });
    expect(found).toEqual([['INVALID_SIGNATURE', 'HIGH']]);
    expect(await listed('eventId=evt-wrong')).toEqual([]);
    const { body } = await shop.get('/audit?severity=HIGH&action=WebhookRejected');
    expect(body['items']).toMatchObject([{ outcome: 'FAILURE', userId: 'square:main' }]);
  });

  it('is rejected when it was signed too long ago, or in the future', async () => {
    const nowS = Math.floor(Date.now() / 1_000);
    const found = await incidentsDuring(async () => {
      for (const seconds of [nowS - 400, nowS + 400]) {
        const { status, body } = await post('stripe/main', stripeEvent('evt_old', { seconds }));
        expect([status, body['code']]).toEqual([401, 'webhook_stale']);
      }
    });
    expect(found).toEqual([['INVALID_TIMESTAMP', 'MEDIUM']]);
    const recent = stripeEvent('evt_recent', { seconds: nowS - 200 });
    expect((await post('stripe/main', recent)).status).toBe(200);
  });

  it('is rejected from a network that the app does not list', async () => {
    const found = await incidentsDuring(async () => {
      const { status, body } = await post('stripe/office', stripeEvent('evt_office'));
      expect([status, body['code']]).toEqual([403, 'webhook_sender_not_allowed']);
    });
    expect(found).toEqual([['IP_NOT_WHITELISTED', 'HIGH']]);
  });

  it('is rejected above 1 MiB, and accepted below it', async () => {
    const filler = 'x'.repeat(1_048_576);
    const found = await incidentsDuring(async () => {
      const { status, body } = await wrong(() => ({ body: filler + filler }));
      expect([status, body['code']]).toEqual([413, 'body_too_large']);
    });
    expect(found).toEqual([['PAYLOAD_TOO_LARGE', 'MEDIUM']]);
    const event = JSON.parse(squareEvent({ event_id: 'evt-large' })) as object;
    const send = (size: number, event_id: string) => {
      const body = JSON.stringify({ ...event, event_id, filler: filler.slice(0, size) });
      return post('square/main', signAsSquare(APP_SECRET, SQUARE_URL, body));
    };
    expect((await send(700_000, 'evt-large')).body).toMatchObject({ received: 1 });
    const { body } = await shop.get('/webhook-notices/square-evt-large/body');
    expect(String(body['body'])).toHaveLength(700_000 + JSON.stringify(event).length + 12);
    // What an append cannot hold is kept without its body, and known by its hash.
    expect((await send(1_040_000, 'evt-larger')).body).toMatchObject({ received: 1 });
    const larger = await shop.get('/webhook-notices/square-evt-larger/body');
    expect(Object.keys(larger.body)).toEqual(['webhookId', 'bodySha256']);
  });

  it('is answered with 400 when it is signed and has another form', async () => {
    const event = JSON.parse(squareEvent({ event_id: 'evt-form' })) as Record<string, unknown>;
    const without = (name: string) => JSON.stringify({ ...event, [name]: undefined });
    const bodies = [
      ...['', '[]', 'null', '{"merchant_id":', '{}'],
      ...['merchant_id', 'type', 'event_id', 'created_at', 'data'].map(without),
      JSON.stringify({ ...event, data: { type: 'payment', id: '1' } }),
    ];
    for (const body of bodies) {
      const answer = await post('square/main', signAsSquare(APP_SECRET, SQUARE_URL, body));
      expect([body, answer.status, answer.body['code']]).toEqual([body, 400, 'webhook_malformed']);
    }
    const routine = (await incidents()).filter(({ severity }) => severity === 'LOW');
    expect(routine.map(({ action }) => action).sort()).toEqual([
      'DUPLICATE_WEBHOOK',
      'VALIDATION_ERROR',
    ]);
  });
});

describe('webhooks of QuickBooks', () => {
  it('of several companies in one request are kept in the shop of each, with its part alone', async () => {
    const webhook = cloudEvents([
      { id: 'ce-1', realm: 'realm-a' },
      { id: 'ce-2', realm: 'realm-b' },
      { id: 'ce-3', realm: 'realm-a', type: 'qbo.customer.updated.v1' },
      { id: 'ce-4', realm: 'realm-x' },
    ]);
    const first = await post('quickbooks/main', webhook);
    expect(first.body).toEqual({ ...NOTHING, received: 3, unassigned: 1 });
    const again = await post('quickbooks/main', webhook);
    expect(again.body).toEqual({ ...NOTHING, duplicates: 3, unassigned: 1 });
    expect(await listed('eventId=ce-1')).toMatchObject([
      { account: 'realm-a', entityType: 'invoice', entityId: 'invoice-realm-a' },
    ]);
    expect(await listed('eventId=ce-2')).toEqual([]);
    expect(await listed('eventId=ce-2', 'b')).toHaveLength(1);
    const { body } = await shop.get('/webhook-notices/quickbooks-ce-1/body');
    expect(JSON.parse(String(body['body']))).toMatchObject({
      id: 'ce-1',
      intuitaccountid: 'realm-a',
    });
    expect(body['body']).not.toContain('realm-b');
  });

  it('in the older format are one for each change of an entity', async () => {
    const change = { name: 'Customer', id: '7', operation: 'Update' };
    const notify = (lastUpdated: string) => {
      const entities = [
        { ...change, lastUpdated },
        { ...change, operation: 'Frob', lastUpdated },
      ];
      const company = { realmId: 'realm-a', dataChangeEvent: { entities } };
      const body = JSON.stringify({ eventNotifications: [company] });
      return post('quickbooks/main', signAsQuickBooks(APP_SECRET, body));
    };
    expect((await notify('2015-10-05T14:42:19-0700')).body).toEqual({
      ...{ ...NOTHING, received: 2, ignored: 1 },
    });
    expect((await notify('2015-10-05T14:42:19-0700')).body).toEqual({ ...NOTHING, duplicates: 2 });
    expect((await notify('2015-10-05T14:43:00-0700')).body).toMatchObject({ received: 2 });
    expect(await listed('entityId=7')).toHaveLength(4);
    const known = (await listed('entityId=7')).filter(({ status }) => status !== 'ignored');
    expect(known).toMatchObject([
      { eventType: 'qbo.customer.updated', occurredAt: '2015-10-05T21:43:00.000Z' },
      { eventType: 'qbo.customer.updated', occurredAt: '2015-10-05T21:42:19.000Z' },
    ]);
  });
});

describe('webhooks of Mercado Pago', () => {
  it('are believed in nothing but the id that is signed', async () => {
    const notice = mercadoPagoNotice('777');
    expect((await post('mercadopago/main', notice)).body).toMatchObject({ received: 1 });
    expect(await listed('entityId=777')).toMatchObject([
      { entityType: 'payment', eventId: '12345', account: '44444', isSigned: true },
    ]);
    const other = { ...notice, body: notice.body.replace('"777"', '"778"') };
    const answer = await post('mercadopago/main', other);
    expect([answer.status, answer.body['code']]).toEqual([400, 'webhook_malformed']);
    expect(await listed('entityId=778')).toEqual([]);
  });

  it('without a valid signature are hints, at an address that cannot be guessed, once a minute', async () => {
    const hint = { ...mercadoPagoNotice('999'), headers: { 'content-type': 'application/json' } };
    const refused = await post('mercadopago/main', hint);
    expect([refused.status, refused.body['code']]).toEqual([401, 'webhook_not_signed']);
    const other = { ...hint, body: hint.body.replace('12345', '54321') };
    const both = [
      await post(`mercadopago/${HIDDEN}`, hint),
      await post(`mercadopago/${HIDDEN}`, other),
    ];
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const kept = await listed('entityId=999');
    expect(kept.length).toBeLessThanOrEqual(2);
    expect(kept[0]).toMatchObject({ isSigned: false });
  });

  it('in the older form have an id and a topic in the address alone', async () => {
    const old = { query: '?topic=merchant_order&id=31337', headers: {}, body: '' };
    expect((await post(`mercadopago/${HIDDEN}`, old)).body).toMatchObject({ received: 1 });
    expect(await listed('entityId=31337')).toMatchObject([{ entityType: 'merchant_order' }]);
  });
});

describe('webhooks of Mailchimp', () => {
  it('are forms, and hints', async () => {
    const body = new URLSearchParams({
      ...{ type: 'unsubscribe', fired_at: '2026-01-15 21:40:57' },
      ...{ 'data[id]': '8a25ff1d98', 'data[email]': 'ana@example.org' },
    }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const webhook = { query: '', headers: form, body };
    expect((await post(`mailchimp/${HIDDEN}`, webhook)).body).toMatchObject({ received: 1 });
    expect((await post(`mailchimp/${HIDDEN}`, webhook)).body).toMatchObject({ duplicates: 1 });
    expect(await listed('entityId=8a25ff1d98')).toMatchObject([
      { eventType: 'unsubscribe', occurredAt: '2026-01-15T21:40:57.000Z', isSigned: false },
    ]);
  });
});

describe('the limit of an address', () => {
  it('is 100 a minute, checked before the signature, and recorded', async () => {
    const limited = await openShop({ rateLimits: createMemoryRateLimit });
    try {
      const statuses = new Set<number>();
      for (let i = 0; i < 100; i++) {
        const { status } = await post('stripe/main', stripeEvent(`evt_rate_${i}`), limited);
        statuses.add(status);
      }
      expect([...statuses]).toEqual([200]);
      const { headers: _, ...unsigned } = stripeEvent('evt_rate_wrong');
      const one = await post('stripe/main', { ...unsigned, headers: {} }, limited);
      expect([one.status, one.body['code']]).toEqual([429, 'too_many_requests']);
      expect(Number(one.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await incidents(limited)).toMatchObject([
        { action: 'RATE_LIMIT_EXCEEDED', severity: 'HIGH', provider: 'stripe', app: 'main' },
      ]);
    } finally {
      await limited.stop();
    }
  });
});
