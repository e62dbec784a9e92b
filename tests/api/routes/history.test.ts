import { formatPosition, START } from '../../../src/domain/kernel/position.ts';
import {
  cash,
  onAccount,
  openAccount,
  openShop,
  placeSale,
  saleOf,
  type Shop,
} from './support/shop.ts';

interface Entry {
  readonly position: string;
  readonly eventId: string;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly revision: number;
  readonly type: string;
  readonly summary: string;
  readonly at: string;
  readonly actorId: string;
  readonly correlationId: string;
}

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

async function history(query: string, options: Parameters<Shop['get']>[1] = {}) {
  const answer = await shop.get(`/history${query}`, options);
  expect({ query, status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return {
    items: answer.body['items'] as Entry[],
    nextCursor: answer.body['nextCursor'] as string | undefined,
  };
}

const typesOf = (items: readonly Entry[]) => items.map(({ type }) => type);
const get = async (path: string) => {
  const answer = await shop.get(path);
  expect({ path, status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return answer.body;
};

/** A sale of 20.00 of which 5.00 was paid in cash, and the rest put on an account. */
async function creditSale() {
  const customerId = await openAccount(shop);
  const orderId = await placeSale(shop, 2_000);
  await shop.post(`/orders/${orderId}/payments`, cash(500), {
    headers: { 'X-Device-Id': 'till-7' },
  });
  const charged = await shop.post(`/orders/${orderId}/payments`, onAccount(1_500, customerId), {
    headers: { 'X-Correlation-Id': 'evening-round' },
  });
  expect(charged.status).toBe(201);
  await shop.world.caughtUp();
  return { customerId, orderId };
}

describe('GET /history', () => {
  it('tells what happened in the shop, in order and in words', async () => {
    const { customerId, orderId } = await creditSale();
    const { items, nextCursor } = await history('');

    expect(typesOf(items)).toEqual([
      'AccountOpened',
      'OrderPlaced',
      'OrderPaymentRecorded',
      'AccountChargeRequested',
      'DebtOpened',
      'AccountChargeConfirmed',
      'OrderStatusChanged',
    ]);
    expect(items.map(({ summary }) => summary).slice(2)).toEqual([
      'Paid 5.00 USD by cash, 15.00 USD due',
      `Requested to charge 15.00 USD to the account of ${customerId}`,
      `Debt of 15.00 USD opened (sale) from order ${orderId}`,
      `Charged 15.00 USD to the account of ${customerId}, 0.00 USD due`,
      'Changed from PENDING to CONFIRMED',
    ]);
    expect(items[1]?.entity).toEqual({ kind: 'order', id: orderId });
    expect(nextCursor).toBeUndefined();
  });

  it('keeps only what a filter asks for, and what all filters ask for together', async () => {
    const { customerId, orderId } = await creditSale();
    const told = async (query: string) => typesOf((await history(query)).items);

    expect(await told('?type=DebtOpened')).toEqual(['DebtOpened']);
    expect(await told('?device=till-7')).toEqual(['OrderPaymentRecorded']);
    expect(await told('?actor=nobody')).toEqual([]);
    expect(await told('?actor=a-manager')).toContain('OrderPlaced');
    expect(await told(`?entity=${customerId}`)).toEqual(['AccountOpened', 'DebtOpened']);
    expect(await told(`?stream=order-a.${orderId}&type=OrderPlaced`)).toEqual(['OrderPlaced']);
    expect(await told(`?entity=${orderId}&device=till-7`)).toEqual(['OrderPaymentRecorded']);
    expect(await told('?correlation=evening-round')).toEqual([
      'AccountChargeRequested',
      'DebtOpened',
      'AccountChargeConfirmed',
      'OrderStatusChanged',
    ]);
    expect(await told('?correlation=evening-round&type=DebtOpened')).toEqual(['DebtOpened']);
  });

  it('knows where in the log a time is', async () => {
    await creditSale();
    const { items } = await history('');
    const [first, last] = [items[0], items.at(-1)] as [Entry, Entry];
    const told = async (query: string) => typesOf((await history(query)).items);
    const none = encodeURIComponent('2020-01-01T00:00:00+02:00');

    expect(await told(`?from=${first.at}&to=${last.at}`)).toEqual(typesOf(items));
    expect(await told(`?to=${none}`)).toEqual([]);
    expect(await told(`?from=${none}`)).toEqual(typesOf(items));
    expect(await told('?from=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await told(`?after=${first.position}`)).toEqual(typesOf(items).slice(1));
  });

  it.each(['', '?correlation=evening-round', '?entity='])(
    'comes in pages that leave nothing out and tell nothing twice (%s)',
    async (query) => {
      const { orderId } = await creditSale();
      const asked = query.endsWith('=') ? `${query}${orderId}` : query;
      const join = asked === '' ? '?' : `${asked}&`;
      const whole = await history(asked);
      const paged: Entry[] = [];
      for (let cursor = ''; ;) {
        const page = await history(`${join}limit=2${cursor}`);
        expect(page.items.length).toBeLessThanOrEqual(2);
        paged.push(...page.items);
        if (page.nextCursor === undefined) break;
        cursor = `&cursor=${page.nextCursor}`;
      }

      expect(whole.items.length).toBeGreaterThan(2);
      expect(paged).toEqual(whole.items);
    },
  );

  it.each([
    '',
    '?correlation=evening-round',
    '?entity=',
    '?to=2999-01-01T00:00:00Z',
    '?type=DebtOpened',
  ])('comes the newest first when asked to, page by page as well (%s)', async (query) => {
    const { orderId } = await creditSale();
    const asked = query.endsWith('=') ? `${query}${orderId}` : query;
    const join = asked === '' ? '?' : `${asked}&`;
    const oldest = await history(asked);
    expect((await history(`${join}order=newest`)).items).toEqual(oldest.items.toReversed());
    const paged: Entry[] = [];
    for (let cursor = ''; ;) {
      const page = await history(`${join}order=newest&limit=2${cursor}`);
      paged.push(...page.items);
      if (page.nextCursor === undefined) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(paged).toEqual(oldest.items.toReversed());
  });

  it('comes the newest first between two times and after a position', async () => {
    await creditSale();
    const { items } = await history('');
    const [first, second] = [items[0] as Entry, items[1] as Entry];
    const last = items.at(-1) as Entry;
    const newest = async (query: string) => (await history(`${query}&order=newest`)).items;
    expect(await newest(`?from=${first.at}&to=${last.at}`)).toEqual(items.toReversed());
    expect(await newest(`?after=${second.position}`)).toEqual(items.slice(2).toReversed());
    expect(await newest('?to=2000-01-01T00:00:00Z')).toEqual([]);
  });

  it('shows nothing of another shop, and nothing to a till', async () => {
    const { orderId } = await creditSale();
    const { items } = await history('');
    const position = items[1]?.position ?? '';

    expect((await history('', { store: 'b' })).items).toEqual([]);
    expect((await history(`?entity=${orderId}`, { store: 'b' })).items).toEqual([]);
    expect((await history('?correlation=evening-round', { store: 'b' })).items).toEqual([]);
    const stranger = { store: 'b' };
    expect((await shop.get(`/history?stream=order-a.${orderId}`, stranger)).status).toBe(404);
    expect((await shop.get(`/history/events/${position}`, stranger)).status).toBe(404);
    expect((await shop.get(`/history/orders/${orderId}`, stranger)).status).toBe(404);
    expect((await shop.get('/history', { role: 'till' })).status).toBe(403);
  });

  it('refuses a cursor that is none', async () => {
    for (const query of ['?cursor=x', '?stream=order-a.1&cursor=MS4x', '?cursor=MC8w']) {
      const answer = await shop.get(`/history${query}`);
      expect({ query, status: answer.status }).toEqual({ query, status: 400 });
    }
  });
});

describe('GET /history/events/:position', () => {
  it('follows causation back to what the request did first, and on to all that came of it', async () => {
    await creditSale();
    const { items } = await history('?correlation=evening-round');
    const [asked, debt, confirmed] = items.map(({ position }) => position);
    const chain = async (position = '') => {
      const { event, causes, effects, complete } = await get(`/history/events/${position}`);
      return {
        event: (event as Entry).type,
        causes: typesOf(causes as Entry[]),
        effects: typesOf(effects as Entry[]),
        complete,
      };
    };

    expect(await chain(asked)).toEqual({
      event: 'AccountChargeRequested',
      causes: [],
      effects: ['DebtOpened', 'AccountChargeConfirmed', 'OrderStatusChanged'],
      complete: true,
    });
    const last = await chain(confirmed);
    expect(last.causes[0]).toBe('AccountChargeRequested');
    expect(last.effects).toEqual([]);
    expect((await chain(debt)).causes).toEqual(['AccountChargeRequested']);
  });

  it('knows no event where there is none', async () => {
    expect((await shop.get('/history/events/9999.9999')).status).toBe(404);
    expect((await shop.get(`/history/events/${formatPosition(START)}`)).status).toBe(404);
    expect((await shop.get('/history/events/first')).status).toBe(400);
  });
});

describe('Time travel', () => {
  it('shows an order as it was at each revision, and at each moment', async () => {
    const { orderId } = await creditSale();
    const { items } = await history(`?entity=${orderId}`);
    const at = async (asOf: string) => {
      const { order, revision } = await get(`/history/orders/${orderId}?asOf=${asOf}`);
      const { paidMinor, pendingMinor } = order as { paidMinor: number; pendingMinor: number };
      return { revision, paidMinor, pendingMinor };
    };

    expect(await at('0')).toEqual({ revision: 0, paidMinor: 0, pendingMinor: 0 });
    expect(await at('1')).toEqual({ revision: 1, paidMinor: 500, pendingMinor: 0 });
    expect(await at('2')).toEqual({ revision: 2, paidMinor: 500, pendingMinor: 1_500 });
    expect(await at(items.at(-1)?.at ?? '')).toMatchObject({ revision: 4, paidMinor: 2_000 });
    const now = await get(`/history/orders/${orderId}`);
    expect(now['order']).toEqual(await get(`/orders/${orderId}`));
    for (const asOf of ['5', '2020-01-01T00:00:00Z']) {
      const answer = await shop.get(`/history/orders/${orderId}?asOf=${asOf}`);
      expect({ asOf, code: answer.body['code'] }).toEqual({ asOf, code: 'order_not_found' });
    }
    expect((await shop.get(`/history/orders/${orderId}?asOf=once`)).status).toBe(400);
  });

  it('shows an account as it was', async () => {
    const { customerId } = await creditSale();
    const before = await get(`/history/customers/${customerId}?asOf=0`);
    const after = await get(`/history/customers/${customerId}`);

    expect(before['account']).toMatchObject({ balanceMinor: 0, openDebts: [] });
    expect(after['account']).toMatchObject({ balanceMinor: 1_500 });
  });

  it('tells in words what differs between two revisions, and which events made it so', async () => {
    const { orderId, customerId } = await creditSale();
    const { changes, events } = await get(`/history/orders/${orderId}/changes?from=0&to=1`);
    const texts = (changes as { text: string }[]).map(({ text }) => text);

    expect(typesOf(events as Entry[])).toEqual(['OrderPaymentRecorded']);
    expect(texts).toContain('paid: 0.00 USD became 5.00 USD');
    expect(texts).toContain('due: 20.00 USD became 15.00 USD');
    expect(texts.find((text) => text.startsWith('payments: added'))).toContain('method cash');
    const account = await get(`/history/customers/${customerId}/changes`);
    expect(account).toMatchObject({ from: { revision: 0 }, to: { revision: 1 } });
    expect(JSON.stringify(account['changes'])).toContain('balance: 0.00 USD became 15.00 USD');
  });

  it('tells of a line that was voided, and back again when asked the other way round', async () => {
    const placed = await shop.post('/orders', {
      ...saleOf(1_000),
      lines: [
        { lineId: 'tea', name: 'Tea', quantity: '2', unitPriceMinor: 300 },
        { lineId: 'cake', name: 'Cake', quantity: '1', unitPriceMinor: 400 },
      ],
    });
    const orderId = String(placed.body['orderId']);
    await shop.post(`/orders/${orderId}/voids`, {
      lineId: 'tea',
      quantity: '1',
      reason: 'spilt',
    });
    const texts = async (query: string) => {
      const { changes } = await get(`/history/orders/${orderId}/changes${query}`);
      return (changes as { text: string }[]).map(({ text }) => text);
    };

    expect(await texts('')).toContain('lines tea quantity: 2 became 1');
    expect(await texts('?from=1&to=0')).toContain('lines tea quantity: 1 became 2');
    expect(await texts('?from=1&to=1')).toEqual([]);
  });
});
