import { startSquareSimulator } from '../../../simulators/square/server.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { openProviderClients } from '../../../src/boot/open-provider-clients.ts';
import { placeSale } from '../routes/support/shop.ts';
import { openDay, type ShopDay } from './support/shop-day.ts';

const http = createSafeFetch({ allowed: ['127.0.0.1'] });
afterAll(() => http.close());

const TOKEN = 'EAAA-static-token';
const CARD = 'cnon:card-nonce-ok';

interface SquarePayment {
  readonly id: string;
  readonly status: string;
  readonly reference_id: string;
}

/** A card is charged at Square on the account of the shop, and the response is lost. */
describe('S34 at Square: charged, and the response lost', () => {
  let day: ShopDay;
  let simulator: Awaited<ReturnType<typeof startSquareSimulator>>;
  beforeEach(async () => {
    simulator = await startSquareSimulator();
    const providerClients = openProviderClients(http, `square=${simulator.url}`);
    day = await openDay({ world: { transports: { providerClients } } });
  });
  afterEach(async () => {
    await day.stop();
    await simulator.stop();
  });

  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${simulator.url}/control/${path}`, {
      ...{ method, ...(body !== undefined && { body: JSON.stringify(body) }) },
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const held = async () => (await control('GET', 'state'))['payments'] as SquarePayment[];
  const lose = (path: string) =>
    control('PUT', 'faults', [{ kind: 'lost-after', method: 'POST', path }]);

  async function connect(): Promise<void> {
    const account = { account: 'MERCHANT0001', environment: 'sandbox', accessToken: TOKEN };
    const connected = await day.shop.post('/integrations/square/connect', account);
    expect(connected.body).toMatchObject({ status: 'connected' });
  }
  const charge = (orderId: string, more: object = {}, key = 'first-tap') =>
    day.shop.post(
      '/payment-attempts',
      {
        ...{ orderId, method: 'credit_card', amountMinor: 1_000, tipMinor: 250 },
        ...{ currency: 'USD', provider: 'square', source: CARD, ...more },
      },
      { key },
    );
  const pathOf = (paymentId: unknown) => `/payment-attempts/${String(paymentId)}`;

  it('is unknown until it is found, after a restart too, and the order is paid once', async () => {
    await connect();
    const orderId = await placeSale(day.shop, 1_000);
    await lose('/v2/payments');
    const { status, body } = await charge(orderId);
    expect(status).toBe(202);
    const path = pathOf(body['paymentId']);
    await day.until(path, (payment) => payment['status'] === 'unknown', 0);
    expect((await charge(orderId)).body['paymentId']).toBe(body['paymentId']);
    await day.restart();
    const paid = await day.until(path, ({ appliedMinor }) => appliedMinor === 1_250);
    expect(paid).toMatchObject({ status: 'succeeded', provider: 'square', excessMinor: 0 });
    expect((await day.shop.get(`/orders/${orderId}`)).body).toMatchObject({
      ...{ status: 'CONFIRMED', paidMinor: 1_250, dueMinor: 0 },
    });
    expect(await held()).toMatchObject([
      { id: paid['transactionId'], status: 'COMPLETED', reference_id: body['paymentId'] },
    ]);
  });

  it('goes back once, when the bank has agreed', async () => {
    await connect();
    const orderId = await placeSale(day.shop, 1_000);
    const path = pathOf((await charge(orderId)).body['paymentId']);
    await day.until(path, ({ appliedMinor }) => appliedMinor === 1_250);
    await lose('/v2/refunds');
    const asked = { amountMinor: 400, reason: 'Cold', currency: 'USD' };
    expect((await day.shop.post(`${path}/refunds`, asked)).status).toBe(202);
    await day.clock.advance(5_000);
    const find = async () => (await control('GET', 'state'))['refunds'] as SquarePayment[];
    for (let i = 0; i < 50 && (await find()).length === 0; i++) await day.clock.advance(1_000);
    const [refund] = await find();
    expect((await day.shop.get(path)).body).toMatchObject({ refundedMinor: 0 });
    await control('PUT', `refunds/${String(refund?.id)}`, { status: 'COMPLETED' });
    await day.until(path, ({ refundedMinor }) => refundedMinor === 400);
    expect(await find()).toHaveLength(1);
    const order = `/orders/${orderId}`;
    await day.until(order, ({ refundedMinor }) => refundedMinor === 400);
  });

  it('is recorded as failed with the reason of the bank', async () => {
    await connect();
    const orderId = await placeSale(day.shop, 1_000);
    const source = 'cnon:card-nonce-declined';
    const path = pathOf((await charge(orderId, { source })).body['paymentId']);
    const failed = await day.until(path, ({ status }) => status === 'failed');
    expect(failed).toMatchObject({ reason: 'generic_decline', chargedMinor: 0 });
    expect(await held()).toEqual([]);
  });

  it('waits while the shop is not connected, and is charged when it is', async () => {
    const orderId = await placeSale(day.shop, 1_000);
    const path = pathOf((await charge(orderId)).body['paymentId']);
    await day.until(path, ({ status }) => status === 'pending');
    await connect();
    await day.until(path, ({ status }) => status === 'succeeded');
    expect(await held()).toHaveLength(1);
  });

  it('needs what the payer gave, and a provider that charges', async () => {
    const orderId = await placeSale(day.shop, 1_000);
    const without = await charge(orderId, { source: undefined });
    expect([without.status, without.body['code']]).toEqual([422, 'payment_source_needed']);
    const other = await charge(orderId, { provider: 'mercadopago' }, 'other');
    expect([other.status, other.body['code']]).toEqual([422, 'provider_takes_no_charges']);
    const repeat = await charge(orderId, { source: 'cnon:another' }, 'second');
    expect(repeat.status).toBe(202);
    const changed = await charge(orderId, {}, 'second');
    expect(changed.body['code']).toBe('idempotency_key_reused');
    const { events } = await day.shop.world.log.readAll({ after: { commit: -1n, prepare: -1n } });
    expect(JSON.stringify([events.map(({ data }) => data), day.shop.world.lines])).not.toContain(
      'cnon:',
    );
  });
});
