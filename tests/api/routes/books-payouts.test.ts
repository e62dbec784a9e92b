import { type BooksShop, openBooksShop } from './support/books-shop.ts';

const [CLEARING, BANK, FEES] = ['71', '35', '60'];
const PATH = '/reconciliation/payouts';

type Fields = Readonly<Record<string, unknown>>;

let books: BooksShop;
beforeEach(async () => {
  books = await openBooksShop();
  await books.connect();
  await books.connectSquare();
  await books.map('role', 'item', books.itemId);
  await books.map('role', 'deposit_account', CLEARING);
});
afterEach(() => books.stop());

const mapAccounts = async () => {
  await books.map('role', 'bank_account', BANK);
  await books.map('role', 'fee_account', FEES);
};

/** A sale by card at a terminal of Square, and here. */
async function sell(cents: number): Promise<string> {
  const price = { amount: cents, currency: 'USD' };
  const line = { name: 'Lunch', quantity: '1', base_price_money: price };
  const { order } = await books.atSquare('POST', '/control/sales', { line_items: [line] });
  const { id } = order as { readonly id: string };
  await books.shop.post(`/reconciliation/import/${id}`, undefined);
  return id;
}

/** What is left in an account, from all that the books hold, in cents. */
async function balanceOf(account: string): Promise<number> {
  const cents = (amount: unknown) => Math.round(Number(amount) * 100);
  const isOf = (ref: unknown) =>
    (ref as { readonly value?: string } | undefined)?.value === account;
  let sum = 0;
  for (const [entity, sign] of [
    ['SalesReceipt', 1],
    ['RefundReceipt', -1],
    ['Deposit', 1],
  ] as const) {
    for (const each of await books.held(entity)) {
      if (isOf(each['DepositToAccountRef'])) sum += sign * cents(each['TotalAmt']);
      if (entity !== 'Deposit') continue;
      for (const line of each['Line'] as readonly Fields[]) {
        const { AccountRef } = line['DepositLineDetail'] as Fields;
        if (isOf(AccountRef)) sum -= cents(line['Amount']);
      }
    }
  }
  return sum;
}

describe('A payout of Square (Q4)', () => {
  it('is one bank deposit with its fees, and nothing is left where the money waited', async () => {
    await mapAccounts();
    await sell(10_00);
    await sell(25_50);
    await books.atSquare('POST', '/control/payouts', { feePercent: 3 });
    const first = await books.shop.post(PATH, {});
    expect(first.body).toMatchObject({ foundCount: 1, requestedCount: 1, isComplete: true });
    await books.until(
      () => books.held('Deposit'),
      (found) => found.length === 1,
    );
    await books.until(
      () => books.held('SalesReceipt'),
      (found) => found.length === 2,
    );
    const again = await books.shop.post(PATH, {});
    expect(again.body).toMatchObject({ foundCount: 1, requestedCount: 0 });

    const [deposit, ...more] = await books.held('Deposit');
    expect([deposit?.['TotalAmt'], more]).toEqual([34.43, []]);
    expect([await balanceOf(CLEARING), await balanceOf(BANK)]).toEqual([0, 34_43]);
    expect(await balanceOf(FEES)).toBe(1_07);
  });

  it('is there once though the answer of QuickBooks was lost', async () => {
    await mapAccounts();
    await sell(10_00);
    await books.atSquare('POST', '/control/payouts', { feePercent: 3 });
    await books.faults([{ kind: 'lost-after', method: 'POST', path: 'deposit' }]);
    await books.shop.post(PATH, { since: '2024-01-01' });
    await books.until(
      async () => (await books.shop.get('/deliveries?channel=books&state=succeeded')).body,
      ({ items }) => (items as readonly unknown[]).length === 2,
    );

    expect(await books.held('Deposit')).toHaveLength(1);
  });

  it('waits for a person until its accounts are mapped', async () => {
    await sell(10_00);
    await books.atSquare('POST', '/control/payouts', {});
    await books.shop.post(PATH, {});
    const [parked = {}] = await books.until(
      async () => (await books.shop.get('/deliveries?state=parked')).body['items'] as Fields[],
      (found) => found.length > 0,
    );
    const shown = await books.shop.get(`/deliveries/${String(parked['deliveryId'])}`);
    expect(shown.body).toMatchObject({ code: 'payout_accounts_not_mapped' });

    await mapAccounts();
    await books.shop.post(`/deliveries/${String(parked['deliveryId'])}/retry`, {});
    await books.until(
      () => books.held('Deposit'),
      (found) => found.length === 1,
    );
  });

  it('is not taken where there is no connection with Square', async () => {
    await books.shop.remove('/integrations/square', {});
    const { status, body } = await books.shop.post(PATH, {});
    expect([status, body['square'], body['foundCount']]).toEqual([
      202,
      { isRead: false, code: 'not_connected' },
      0,
    ]);
  });
});
