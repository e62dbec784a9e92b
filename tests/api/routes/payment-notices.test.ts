import { createHmac } from 'node:crypto';

import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { categoryOf, streamName } from '../../../src/domain/kernel/names.ts';
import { PROCESS_CATEGORY } from '../../../src/domain/kernel/processes/events.ts';
import { paymentNotices } from '../../../src/features/payment-notices.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import { openProvider, type SimulatedProvider } from '../../support/payments.ts';
import { type ApiWorld, NOTICE_SECRET, openWorld } from '../support/api-world.ts';
import { openShop, placeSale, type Shop } from './support/shop.ts';

let simulated: SimulatedProvider;
let shop: Shop;
/** The response to a charge says that it failed, and the provider makes it nevertheless. */
let isChargeDenied = false;
beforeAll(async () => {
  simulated = await openProvider({ noticeSecret: NOTICE_SECRET });
  const { provider } = simulated;
  const paymentProvider: PaymentProvider = {
    ...provider,
    async charge(request) {
      const outcome = await provider.charge(request);
      return isChargeDenied ? { kind: 'failed', reason: 'acquirer_timeout' } : outcome;
    },
  };
  shop = await openShop({ paymentProvider });
});
afterAll(async () => {
  await shop.stop();
  await simulated.stop();
});

const now = () => Math.floor(Date.now() / 1_000);

interface Sending {
  readonly seconds?: number;
  readonly secret?: string;
  readonly sent?: string;
  readonly to?: string;
  /** The shop that it was signed for. */
  readonly signedFor?: string;
  readonly world?: ApiWorld;
}

/** A notice as the provider sends it; each part can be made wrong. */
function notify(notice: object, more: Sending = {}) {
  const { seconds = now(), secret = NOTICE_SECRET, to = 'a', world = shop.world } = more;
  const signed = JSON.stringify(notice);
  const { sent = signed, signedFor = to } = more;
  const text = `${seconds}.${signedFor}.${signed}`;
  const mac = createHmac('sha256', secret).update(text).digest('hex');
  return world.call('POST', `/webhooks/payments/${to}`, {
    key: null,
    raw: sent,
    headers: {
      'content-type': 'application/json',
      'simulator-signature': `t=${seconds},v1=${mac}`,
    },
  });
}

/** More than are made in the seconds between two looks at a notice. */
const MAX_READS = 20_000;

const noticesOf = async (attemptId: string) =>
  (await shop.get(`/payment-notices?attemptId=${attemptId}`)).body['items'] as object[];

async function until(attemptId: string, status: string): Promise<Record<string, unknown>> {
  for (let read = 0; read < MAX_READS; read++) {
    const { body } = await shop.get(`/payment-attempts/${attemptId}`);
    if (body['status'] === status) return body;
  }
  throw new Error(`payment ${attemptId} did not become ${status}`);
}

const chargesOf = (attemptId: string) =>
  simulated.simulator.payments().filter((each) => each.attemptId === attemptId).length;

async function charge(orderId: string, key: string, amountMinor = 1_000) {
  const body = { orderId, method: 'credit_card', amountMinor, currency: 'USD' };
  const { status, body: payment } = await shop.post('/payment-attempts', body, { key });
  expect(status).toBe(202);
  return String(payment['paymentId']);
}

/** How the outcome of a payment became known: one entry for each time that it was recorded. */
async function foundBy(attemptId: string): Promise<readonly unknown[]> {
  const events = await shop.world.log.readStream(streamName('payment', 'a', attemptId));
  const succeeded = events.filter(({ type }) => type === 'PaymentSucceeded');
  return succeeded.map(({ data }) => (data as { foundBy: string }).foundBy);
}

describe('a signed notice before the processes are enabled', () => {
  it('is not taken, by any of their instances: it comes again', async () => {
    let isAway = true;
    const world = await openWorld({
      features: [paymentNotices],
      wrapLog: (log) => ({
        ...log,
        readStream: (stream, options) =>
          isAway && categoryOf(stream) === PROCESS_CATEGORY
            ? Promise.reject(new Error('no leader'))
            : log.readStream(stream, options),
      }),
    });
    const notice = { id: 'evt_soon', attemptId: 'attempt-soon' };
    const { status, body, headers } = await notify(notice, { world });
    expect([status, body['code']]).toEqual([503, 'shutting_down']);
    expect(headers.get('retry-after')).toBe('1');
    const stream = streamName('paymentnotice', 'a', 'evt_soon');
    expect(await world.log.readStream(stream)).toEqual([]);
    isAway = false;
    let last = status;
    for (let tries = 0; last === 503 && tries < MAX_READS; tries++) {
      ({ status: last } = await notify(notice, { world }));
    }
    expect(last).toBe(200);
    await world.stop();
  });
});

describe('a notice of the payment provider', () => {
  it('is refused unless the provider signed exactly this body a short time ago', async () => {
    const notice = { id: 'evt_bad', attemptId: 'attempt-bad' };
    const wrong = [
      await notify(notice, { secret: 'another' }),
      await notify(notice, { seconds: now() - 301 }),
      await notify(notice, { seconds: now() + 301 }),
      await notify(notice, { sent: `${JSON.stringify(notice)} ` }),
      await notify(notice, { signedFor: 'b' }),
      await notify(notice, { signedFor: 'a', to: 'b' }),
      await shop.world.call('POST', '/webhooks/payments/a', { key: null, json: notice }),
    ];
    for (const { status, body } of wrong) {
      expect([status, body['code']]).toEqual([401, 'notice_not_signed']);
    }
    expect(await noticesOf('attempt-bad')).toEqual([]);
    const other = await shop.get('/payment-notices?attemptId=attempt-bad', { store: 'b' });
    expect(other.body['items']).toEqual([]);
    const elsewhere = await notify(notice, { to: 'nowhere' });
    expect([elsewhere.status, elsewhere.body['code']]).toEqual([404, 'shop_not_found']);
    const empty = await notify({ attemptId: 'attempt-bad' });
    expect(empty.status).toBe(400);
  });

  it('is kept once, however often it comes, and only in its shop', async () => {
    const notice = { id: 'evt_twice', attemptId: 'attempt-twice' };
    const both = await Promise.all([notify(notice), notify(notice, { seconds: now() - 60 })]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await noticesOf('attempt-twice')).toHaveLength(1);
    const other = await shop.get('/payment-notices?attemptId=attempt-twice', { store: 'b' });
    expect(other.body['items']).toEqual([]);
  });

  it('shows the outcome before anybody asks: one charge, though it comes twice', async () => {
    const noticeUrl = `${shop.world.url}/webhooks/payments/a`;
    const later = { asynchronousRate: 1, confirmAfterMs: 50, notices: 'twice', noticeUrl } as const;
    simulated.simulator.set(later);
    const orderId = await placeSale(shop, 1_000);
    const attemptId = await charge(orderId, 'told');
    expect(await until(attemptId, 'succeeded')).toMatchObject({ chargedMinor: 1_000 });
    expect(await foundBy(attemptId)).toEqual(['notice']);
    expect(chargesOf(attemptId)).toBe(1);
    expect(await noticesOf(attemptId)).toHaveLength(1);
  });

  it('that comes before its payment is known is kept and applied later', async () => {
    simulated.simulator.set({ notices: 'never', asynchronousRate: 0 });
    const key = 'early-payment';
    const attemptId = systemDigest.sha256(`a\nrequestPayment\n${key}`).slice(0, 32);
    expect((await notify({ id: 'evt_early', attemptId })).status).toBe(200);
    const orderId = await placeSale(shop, 1_000);
    // A payment that failed is looked up by nothing but its notice.
    isChargeDenied = true;
    expect(await charge(orderId, key)).toBe(attemptId);
    await until(attemptId, 'succeeded');
    isChargeDenied = false;
    expect(await foundBy(attemptId)).toEqual(['notice']);
    expect(chargesOf(attemptId)).toBe(1);
    const { body } = await shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ paidMinor: 1_000, dueMinor: 0 });
  });

  it('that never comes is not needed: the provider is asked', async () => {
    simulated.simulator.set({ notices: 'never', asynchronousRate: 1, confirmAfterMs: 50 });
    const attempts = await Promise.all(
      [1, 2, 3].map(async (i) => charge(await placeSale(shop, 1_000), `dropped-${i}`)),
    );
    for (const attemptId of attempts) {
      await until(attemptId, 'succeeded');
      expect(await foundBy(attemptId)).toEqual(['lookup']);
      expect(await noticesOf(attemptId)).toEqual([]);
    }
  });

  it('shows how long ago the last one came, and which payments wait', async () => {
    const { status, body } = await shop.get('/payment-reconciliation');
    expect(status).toBe(200);
    expect(body).toMatchObject({ waiting: expect.any(Number) as number });
    expect(Number(body['secondsSinceLastNotice'])).toBeLessThan(600);
    const other = await shop.get('/payment-reconciliation', { store: 'b' });
    expect(other.body).toEqual({ waiting: 0, items: [] });
  });
});
