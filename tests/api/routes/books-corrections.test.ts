import { paidOrder, usd } from '../../support/square/orders.ts';
import { type BooksShop, openBooksShop } from './support/books-shop.ts';
import { cash, placeSale } from './support/shop.ts';

let books: BooksShop;
beforeEach(async () => {
  books = await openBooksShop();
  await books.connect();
  await books.map('role', 'item', books.itemId);
  await books.map('role', 'deposit_account', '71');
});
afterEach(() => books.stop());

const tender = (amount: number, tip: number) => ({
  ...{ id: 'tender-late', type: 'CARD', amount_money: usd(amount), tip_money: usd(tip) },
  card_details: { status: 'CAPTURED' },
});
const tipped = (version: number, tip: number) =>
  paidOrder('late', {
    ...{ version, total_tip_money: usd(tip), total_money: usd(1000 + tip) },
    tenders: [tender(1000 + tip, tip)],
  });

/** QuickBooks adds the subtotal. */
const TIP_ONLY = [{ Description: 'Tip', Amount: 1 }, { DetailType: 'SubTotalLineDetail' }];

interface Item {
  readonly outcome: string;
  readonly orderId: string;
  readonly code?: string;
}

async function importOrder(order: unknown): Promise<Item> {
  const { body } = await books.shop.post('/imports/orders', [order]);
  return (body['items'] as Item[])[0] as Item;
}

describe('A sale of Square that changes after it was posted (Q6, S39)', () => {
  it('has its higher tip in a receipt of its own, on the day on which it became known', async () => {
    await importOrder(tipped(4, 150));
    await books.delivered('succeeded');
    const [receipt = {}] = await books.held('SalesReceipt');
    const { outcome, orderId } = await importOrder(tipped(5, 250));
    expect(outcome).toBe('changed');
    const receipts = await books.until(
      () => books.held('SalesReceipt'),
      (found) => found.length === 2,
    );

    expect(receipts[0]).toEqual(receipt);
    expect(receipt).toMatchObject({ TotalAmt: 11.5, TxnDate: '2024-03-09' });
    const today = new Date(books.clock.now()).toISOString().slice(0, 10);
    expect(receipts[1]).toMatchObject({
      ...{ TotalAmt: 1, TxnDate: today, Line: TIP_ONLY },
      PrivateNote: expect.stringContaining(`tillstream:order=${orderId}.`) as string,
    });
    const { body } = await books.shop.get(`/orders/${orderId}`);
    expect(body).toMatchObject({ dueMinor: 0, paidMinor: 1250, source: { version: 5 } });
  });

  it('has a lower tip in a refund receipt, and each version once', async () => {
    await importOrder(tipped(4, 150));
    await importOrder(tipped(6, 50));
    for (const version of [6, 4, 5]) {
      expect(await importOrder(tipped(version, version === 4 ? 150 : 50))).toMatchObject({
        outcome: 'repeated',
      });
    }
    const refunds = await books.until(
      () => books.held('RefundReceipt'),
      (found) => found.length > 0,
    );

    expect(refunds).toMatchObject([{ TotalAmt: 1, Line: TIP_ONLY }]);
    expect(await books.held('SalesReceipt')).toMatchObject([{ TotalAmt: 11.5 }]);
  });

  it('is the same on all sides for the reconciliation, and is mended where it is lost', async () => {
    await importOrder(tipped(4, 150));
    await importOrder(tipped(5, 250));
    const [, correction = {}] = await books.until(
      () => books.held('SalesReceipt'),
      (found) => found.length === 2,
    );
    const compare = async (day: string) =>
      (await books.shop.get(`/reconciliation?from=${day}&to=${day}`)).body['rows'] as Record<
        string,
        unknown
      >[];
    const day = String(correction['TxnDate']);
    expect([await compare('2024-03-09'), await compare(day)]).toEqual([[], []]);

    const { Id, SyncToken } = correction;
    await books.atBooks('POST', '/salesreceipt?operation=delete', { Id, SyncToken });
    const [row = {}] = await compare(day);
    expect(row).toMatchObject({ cause: 'deleted_in_books', fix: 'settle', varianceMinor: 100 });
    const { orderId, correctionId } = row;
    await books.shop.post(`/orders/${String(orderId)}/books/settle`, { correctionId });
    await books.until(
      () => compare(day),
      (rows) => rows.length === 0,
    );
  });

  it('is refused in words where money that is here is not there any more', async () => {
    await importOrder(tipped(4, 150));
    const unpaid = { ...tipped(5, 150), tenders: [] };
    expect(await importOrder(unpaid)).toMatchObject({
      ...{ outcome: 'refused', code: 'changed_here_too' },
    });
  });

  it('follows an open order until it is completed, which is then its sale', async () => {
    const open = { ...tipped(1, 150), state: 'OPEN', tenders: [], closed_at: undefined };
    await importOrder(open);
    expect(await importOrder(tipped(2, 250))).toMatchObject({ outcome: 'changed' });
    await books.delivered('succeeded');

    expect(await books.held('SalesReceipt')).toMatchObject([{ TotalAmt: 12.5 }]);
  });

  it('waits in words where the books of that day are closed, and goes in once they are open', async () => {
    await importOrder(tipped(4, 150));
    await books.delivered('succeeded');
    await books.decide({ closedUntil: '2999-01-01' });
    await importOrder(tipped(5, 250));
    const parked = await books.delivered('parked');
    expect(parked).toMatchObject({ code: 'books_6210' });

    await books.decide({ closedUntil: '2024-03-31' });
    await books.shop.post(`/deliveries/${String(parked['deliveryId'])}/retry`, {});
    await books.delivered('succeeded');
    expect(await books.held('SalesReceipt')).toHaveLength(2);
  });
});

describe('A sale of the shop whose tip is changed after it was posted', () => {
  it('has a correction that is linked to it', async () => {
    const orderId = await placeSale(books.shop, 900);
    const paid = await books.shop.post(`/orders/${orderId}/payments`, {
      ...{ ...cash(900), method: 'credit_card' },
    });
    await books.delivered('succeeded');
    const { paymentId } = paid.body['payment'] as { readonly paymentId: string };
    const tip = { paymentId, tipMinor: 120, currency: 'USD' };
    const adjusted = await books.shop.post(`/orders/${orderId}/tips`, tip);
    expect(adjusted.body['detail']).toBeUndefined();
    const receipts = await books.until(
      () => books.held('SalesReceipt'),
      (found) => found.length === 2,
    );
    expect(receipts.map(({ TotalAmt }) => TotalAmt)).toEqual([9, 1.2]);
  });
});
