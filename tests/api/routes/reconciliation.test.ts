import { type BooksShop, openBooksShop } from './support/books-shop.ts';
import { cash, placeSale } from './support/shop.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Row extends Fields {
  readonly squareOrderId: string | null;
  readonly orderId: string;
  readonly cause: string;
  readonly fix: string;
  readonly varianceMinor: number;
  readonly documents: readonly { readonly entity: string; readonly id: string }[];
}

const DAY_MS = 86_400_000;
const COUNT = 44;
/** The price of the sale of that place, each of another amount. */
const priceOf = (i: number) => 1_000 + 37 * i;

let books: BooksShop;
beforeEach(async () => {
  books = await openBooksShop();
});
afterEach(() => books.stop());

const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);

async function compared(more = '') {
  const { status, body } = await books.shop.get(
    `/reconciliation?from=${day(-3)}&to=${day(2)}${more}`,
  );
  expect(status).toBe(200);
  return body as Fields & { readonly rows: readonly Row[]; readonly items: readonly Fields[] };
}

async function sell(amount: number): Promise<Fields & { readonly id: string }> {
  const money = { amount, currency: 'USD' };
  const line_items = [{ name: 'Lunch', quantity: '1', base_price_money: money }];
  const sold = await books.atSquare('POST', '/control/sales', { line_items });
  return sold['order'] as Fields & { readonly id: string };
}

async function ready() {
  await books.connect();
  await books.connectSquare();
  await books.map('role', 'item', books.itemId);
  await books.map('role', 'deposit_account', '71');
}

async function posted(count: number) {
  return books.until(
    () => books.held('SalesReceipt'),
    (found) => found.filter(({ status }) => status !== 'Deleted').length === count,
  );
}

const save = (body: Fields) => books.atBooks('POST', '/salesreceipt', body);

function withAmount(receipt: Fields, amount: number): Fields {
  const lines = receipt['Line'] as readonly Fields[];
  const [first, ...rest] = lines.filter(({ DetailType }) => DetailType !== 'SubTotalLineDetail');
  const detail = { ItemRef: { value: books.itemId } };
  return { ...receipt, Line: [{ ...first, Amount: amount, SalesItemLineDetail: detail }, ...rest] };
}

/** Faults of all kinds, each with its cause, that somebody can cause in the books. */
const FAULTS: readonly (readonly [string, (receipt: Fields, minor: number) => Promise<unknown>])[] =
  [
    [
      'deleted_in_books',
      ({ Id, SyncToken }) =>
        books.atBooks('POST', '/salesreceipt?operation=delete', { Id, SyncToken }),
    ],
    ['edited_in_books', (receipt, minor) => save(withAmount(receipt, (minor + 500) / 100))],
    ['wrong_day', (receipt) => save({ ...receipt, TxnDate: day(-2) })],
    [
      'posted_twice',
      ({ Id: _id, SyncToken: _token, ...copy }) =>
        save({ ...copy, DocNumber: `copy-${String(_id)}` }),
    ],
    ['rounding', (receipt, minor) => save(withAmount(receipt, (minor - 1) / 100))],
    ['fee', (receipt, minor) => save(withAmount(receipt, (minor - feeOf(minor)) / 100))],
    [
      'tip_edited',
      (receipt) =>
        save({
          ...receipt,
          Line: [
            ...(receipt['Line'] as readonly Fields[]).slice(0, -1),
            {
              ...{ Amount: 2, Description: 'Tip', DetailType: 'SalesItemLineDetail' },
              SalesItemLineDetail: { ItemRef: { value: books.itemId } },
            },
          ],
        }),
    ],
  ];
const feeOf = (minor: number) => Math.round(minor * 0.026) + 10;

describe('The comparison of Square, the shop and QuickBooks', () => {
  it('finds 40 faults of all kinds, invents none, and its fixes leave no variance', async () => {
    await ready();
    const orders = await Promise.all(Array.from({ length: COUNT }, (_, i) => sell(priceOf(i))));
    const missing = orders.slice(-5);
    await books.shop.post('/imports/orders', orders.slice(0, -5));
    const receipts = await posted(COUNT - 5);
    expect((await compared()).rows.map(({ cause }) => cause)).toEqual(
      missing.map(() => 'missing_webhook'),
    );

    const planted = new Map(missing.map(({ id }) => [id, 'missing_webhook']));
    for (const [i, receipt] of receipts.slice(0, 35).entries()) {
      const [cause, plant] = FAULTS[i % FAULTS.length] ?? [];
      const id = /square:order=(\S+)/.exec(String(receipt['PrivateNote']))?.[1] ?? '';
      const answer = (await plant?.(
        receipt,
        Math.round(Number(receipt['TotalAmt']) * 100),
      )) as Fields;
      expect(answer).toHaveProperty('SalesReceipt');
      planted.set(id, cause ?? '');
    }

    const { rows } = await compared();
    const found = new Map(rows.map((row) => [row.squareOrderId, row.cause]));
    expect(found).toEqual(planted);
    expect(rows).toHaveLength(40);

    for (const row of rows) expect((await correct(row)).status).toBeLessThan(300);
    const after = await books.until(compared, (each) => each.rows.length === 0);
    expect(after).toMatchObject({ square: { isRead: true }, quickbooks: { isRead: true } });
    expect(after.comparedCount).toBe(COUNT);
    for (const { square, tillstream, quickbooks } of after.items) {
      expect(tillstream).toEqual(square);
      expect(quickbooks).toEqual(square);
    }
  });

  it('says nothing of books that it could not read', async () => {
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(900));
    const body = await compared();

    expect(body).toMatchObject({
      quickbooks: { isRead: false, code: 'not_connected' },
      rows: [],
      items: [{ square: null, quickbooks: null, tillstream: { totalMinor: 900 } }],
    });
  });

  it('reports what was sold before the connection, and posts it when it is asked to', async () => {
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(900));
    await ready();
    const { rows } = await compared();
    expect(rows).toMatchObject([
      { cause: 'not_posted', qbAmountMinor: null, amountMinor: 900, varianceMinor: 900 },
    ]);

    const [row] = rows;
    if (!row) throw new Error('expected a row');
    await correct(row);
    await books.until(compared, (each) => each.rows.length === 0);
    expect(await books.held('SalesReceipt')).toMatchObject([{ TotalAmt: 9 }]);
  });

  it('compares items on demand, and finds what went elsewhere than it would now', async () => {
    await ready();
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(900));
    await posted(1);
    const made = await books.atBooks('POST', '/item', {
      ...{ Name: 'Food', Type: 'Service', IncomeAccountRef: { value: '1' } },
    });
    await books.map('product', 'Goods', (made['Item'] as { Id: string }).Id);

    expect((await compared()).rows).toEqual([]);
    const { rows } = await compared('&items=true');
    expect(rows).toMatchObject([{ cause: 'mapping_changed', fix: 'settle', varianceMinor: 0 }]);
    for (const row of rows) await correct(row);
    await books.until(
      () => compared('&items=true'),
      (each) => each.rows.length === 0,
    );
  });

  it('leaves small differences out where the caller tolerates them', async () => {
    await ready();
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(900));
    const [receipt = {}] = await posted(1);
    await save(withAmount(receipt, 9.03));

    expect((await compared('&toleranceMinor=3')).rows).toEqual([]);
    expect((await compared('&toleranceMinor=2')).rows).toMatchObject([{ cause: 'rounding' }]);
  });

  it('leaves documents of another shop alone, whoever names them', async () => {
    await ready();
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(900));
    const [receipt = {}] = await posted(1);
    const foreign = { ...receipt, Id: undefined, SyncToken: undefined, DocNumber: 'other-1' };
    const made = await save({ ...foreign, PrivateNote: 'tillstream:order=of-another-shop.' });
    const { Id: id } = made['SalesReceipt'] as { readonly Id: string };

    expect((await compared()).rows).toEqual([]);
    const documents = [{ entity: 'SalesReceipt', id }];
    await books.shop.post(`/orders/${orderId}/books/settle`, { documents });
    await books.delivered('succeeded');
    expect(await books.held('SalesReceipt')).toHaveLength(2);
  });

  it('refuses too many days', async () => {
    const { body } = await books.shop.get('/reconciliation?from=2026-01-01&to=2026-03-01');
    expect(body).toMatchObject({ code: 'too_many_days' });
  });
});

function correct({ fix, squareOrderId, orderId, documents }: Row) {
  if (fix === 'import') {
    return books.shop.post(`/reconciliation/import/${String(squareOrderId)}`, undefined);
  }
  const named = documents.map(({ entity, id }) => ({ entity, id }));
  return books.shop.post(`/orders/${orderId}/books/settle`, { documents: named });
}
