import {
  cash,
  onAccount,
  openAccount,
  openShop,
  placeSale,
  saleOf,
  type Shop,
} from './support/shop.ts';

let shop: Shop;
let orderId: string;
let customerId: string;
beforeAll(async () => {
  shop = await openShop();
  orderId = await placeSale(shop, 10_000);
  customerId = await openAccount(shop);
});
afterAll(() => shop.stop());

const line = (more: Record<string, unknown>) => ({
  currency: 'USD',
  lines: [{ name: 'Tea', quantity: '1', unitPriceMinor: 100, ...more }],
});
const refund = (more: Record<string, unknown>) => ({ reason: 'Bad', currency: 'USD', ...more });

type Case = readonly [name: string, path: () => string, body: unknown, code: string];
const orders = () => '/orders';
const of = (path: string) => () => `/orders/${orderId}${path}`;
const customer = (path: string) => () => `/customers/${customerId}${path}`;
const huge = Number.MAX_SAFE_INTEGER;

const CASES: readonly Case[] = [
  ['an order that is a list', orders, [], 'invalid_request'],
  ['an order without lines', orders, { currency: 'USD', lines: [] }, 'invalid_request'],
  ['a price as text', orders, line({ unitPriceMinor: '100' }), 'invalid_request'],
  ['an unknown field', orders, { ...saleOf(1), total: 1 }, 'invalid_request'],
  ['an unknown field of a line', orders, line({ price: 1 }), 'invalid_request'],
  ['a negative price', orders, line({ unitPriceMinor: -1 }), 'invalid_request'],
  ['half a cent', orders, line({ unitPriceMinor: 0.5 }), 'invalid_request'],
  ['a price past 2^53', orders, line({ unitPriceMinor: 2 ** 53 }), 'invalid_request'],
  [
    'a total past 2^53',
    orders,
    line({ unitPriceMinor: huge, quantity: '2' }),
    'amount_out_of_range',
  ],
  ['a quantity of 0', orders, line({ quantity: '0' }), 'invalid_request'],
  ['a quantity as number', orders, line({ quantity: 1 }), 'invalid_request'],
  ['a control character', orders, line({ name: 'a\u0007b' }), 'invalid_request'],
  ['half a surrogate pair', orders, line({ name: 'a\ud800' }), 'invalid_request'],
  ['a currency in small letters', orders, { ...saleOf(1), currency: 'usd' }, 'invalid_request'],
  ['an unknown currency', orders, { ...saleOf(1), currency: 'XQX' }, 'unknown_currency'],
  [
    '501 lines',
    orders,
    { currency: 'USD', lines: new Array(501).fill(line({}).lines[0]) },
    'invalid_request',
  ],
  [
    'two lines with one id',
    orders,
    { currency: 'USD', lines: [1, 2].map((price) => ({ ...saleOf(price).lines[0] })) },
    'duplicate_line',
  ],
  [
    'a discount of an unknown line',
    orders,
    saleOf(1, { discounts: [{ discountId: 'd', name: 'D', percentage: '5', lineIds: ['no'] }] }),
    'invalid_adjustment',
  ],
  [
    'a payment in another currency',
    of('/payments'),
    { ...cash(1), currency: 'EUR' },
    'currency_mismatch',
  ],
  ['a payment of nothing', of('/payments'), cash(0), 'invalid_request'],
  ['a payment of more than is due', of('/payments'), cash(10_001), 'payment_exceeds_due'],
  ['too little cash', of('/payments'), cash(10, { tenderedMinor: 9 }), 'tendered_too_little'],
  ['an unknown method', of('/payments'), { ...cash(1), method: 'shells' }, 'invalid_request'],
  [
    'on account without a customer',
    of('/payments'),
    { method: 'on_account', amountMinor: 1, currency: 'USD' },
    'invalid_request',
  ],
  [
    'on account with a tip',
    of('/payments'),
    { ...onAccount(1, 'c'), tipMinor: 1 },
    'invalid_request',
  ],
  ['cash with a due date', of('/payments'), cash(1, { dueDate: '2030-01-01' }), 'invalid_request'],
  [
    'a 30th of February',
    of('/payments'),
    { ...onAccount(1, 'c'), dueDate: '2030-02-30' },
    'invalid_request',
  ],
  [
    'a refund of what is not paid',
    of('/refunds'),
    refund({ amountMinor: 1 }),
    'refund_exceeds_remaining',
  ],
  ['a refund without a reason', of('/refunds'), { currency: 'USD' }, 'invalid_request'],
  ['a void of an unknown line', of('/voids'), { lineId: 'no', reason: 'x' }, 'line_not_found'],
  ['a blank reason', of('/cancel'), { reason: '  ' }, 'invalid_request'],
  ['an unknown status', of('/status'), { status: 'LOST' }, 'invalid_request'],
  ['a status by another way', of('/status'), { status: 'REFUNDED' }, 'illegal_transition'],
  ['a debt of nothing', customer('/debts'), {}, 'invalid_request'],
  [
    'a debt in another currency',
    customer('/debts'),
    { amountMinor: 1, currency: 'EUR' },
    'currency_mismatch',
  ],
  [
    'a debt past 2^53',
    customer('/debts'),
    { amountMinor: 2 ** 53, currency: 'USD' },
    'invalid_request',
  ],
  ['an account payment on account', customer('/payments'), onAccount(1, 'c'), 'invalid_request'],
  [
    'an allocation to an unknown debt',
    customer('/payments'),
    cash(1, { allocations: [{ debtId: 'no', amountMinor: 1 }], reason: 'x' }),
    'debt_not_found',
  ],
  [
    'a payout without credit',
    customer('/payouts'),
    { amountMinor: 1, currency: 'USD', reason: 'x' },
    'payout_exceeds_refundable',
  ],
  ['an account without a name', () => '/customers', { currency: 'USD' }, 'invalid_request'],
];

describe('bad input to the routes of the shop', () => {
  it.each(CASES)('refuses %s and changes no amount', async (_name, path, body, code) => {
    const amounts = async () => {
      const order = await shop.get(`/orders/${orderId}`);
      const account = await shop.get(`/customers/${customerId}`);
      const { totals, paidMinor, dueMinor, pendingMinor, status } = order.body;
      const { balanceMinor, creditMinor } = account.body;
      const listed = await shop.get('/orders');
      const count = (listed.body['items'] as unknown[]).length;
      return {
        totals,
        paidMinor,
        dueMinor,
        pendingMinor,
        status,
        balanceMinor,
        creditMinor,
        count,
      };
    };
    const before = await amounts();
    const answer = await shop.post(path(), body);
    expect(answer.body['code']).toBe(code);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
    expect(await amounts()).toEqual(before);
  });

  it('answers writes to unknown orders and customers with 404', async () => {
    const writes: [string, unknown, string][] = [
      ['/orders/none/payments', cash(1), 'order_not_found'],
      ['/orders/none/refunds', refund({ amountMinor: 1 }), 'order_not_found'],
      ['/orders/none/status', { status: 'PROCESSING' }, 'order_not_found'],
      ['/orders/none/cancel', { reason: 'x' }, 'order_not_found'],
      ['/orders/none/voids', { lineId: 'a', reason: 'x' }, 'order_not_found'],
      ['/orders/none/comps', { reason: 'x', approvedBy: 'Ana' }, 'order_not_found'],
      ['/customers/none/debts', { amountMinor: 1, currency: 'USD' }, 'account_not_found'],
      ['/customers/none/payments', cash(1), 'account_not_found'],
      [
        '/customers/none/payouts',
        { amountMinor: 1, currency: 'USD', reason: 'x' },
        'account_not_found',
      ],
    ];
    for (const [path, body, code] of writes) {
      expect(await shop.post(path, body)).toMatchObject({ status: 404, body: { code } });
    }
    const reads: [string, string][] = [
      ['/orders/none', 'order_not_found'],
      ['/orders/none/status', 'order_not_found'],
      ['/orders/none/history', 'order_not_found'],
      ['/customers/none', 'account_not_found'],
      ['/customers/none/statement', 'account_not_found'],
      ['/payments/none', 'not_found'],
    ];
    for (const [path, code] of reads) {
      expect(await shop.get(path)).toMatchObject({ status: 404, body: { code } });
    }
  });

  it('keeps one shop from the orders and accounts of another', async () => {
    const other = { store: 'b' } as const;
    expect((await shop.get(`/orders/${orderId}`, other)).status).toBe(404);
    expect((await shop.get(`/customers/${customerId}`, other)).status).toBe(404);
    expect((await shop.post(`/orders/${orderId}/payments`, cash(1), other)).status).toBe(404);
    const debt = { amountMinor: 1, currency: 'USD' };
    expect((await shop.post(`/customers/${customerId}/debts`, debt, other)).status).toBe(404);
    expect((await shop.get('/orders', other)).body['items']).toEqual([]);
  });
});
