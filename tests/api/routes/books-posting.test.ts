import { completed } from '../../domain/books/support.ts';
import { createdOrder } from '../../support/square/orders.ts';
import { type BooksShop, openBooksShop } from './support/books-shop.ts';
import { cash, onAccount, openAccount, placeSale } from './support/shop.ts';

const ORDER = completed(createdOrder());
const WORKLIST = '/integrations/quickbooks/books/worklist';

let books: BooksShop;
beforeEach(async () => {
  books = await openBooksShop();
});
afterEach(() => books.stop());

const importOrder = (order = ORDER) => books.shop.post('/imports/orders', [order]);
const ready = async () => {
  await books.connect();
  await books.map('role', 'item', books.itemId);
  await books.map('role', 'deposit_account', '71');
};

describe('A sale of Square', () => {
  it('is in the books once, to the cent, and can be found by its id there', async () => {
    await ready();
    await importOrder();
    await importOrder();
    const { attempts } = await books.delivered('succeeded');
    await importOrder({ ...ORDER, version: 99 });

    const [receipt, ...more] = await books.held('SalesReceipt');
    expect(more).toEqual([]);
    expect(receipt).toMatchObject({
      TotalAmt: 61.76,
      PrivateNote: expect.stringContaining(`Square Order ID: ${String(ORDER['id'])}`) as string,
    });
    expect(attempts).toMatchObject([{ result: 'succeeded', providerId: receipt?.['Id'] }]);
  });

  it('is there once though the answer of the provider was lost, again and again', async () => {
    await ready();
    await books.faults([
      { kind: 'lost-after', method: 'POST', path: 'salesreceipt' },
      { kind: 'lost-after', method: 'POST', path: 'salesreceipt' },
    ]);
    await importOrder();
    await books.delivered('succeeded');

    expect(await books.held('SalesReceipt')).toHaveLength(1);
  });

  it('waits for a person until the books are set up, and its products are on the worklist', async () => {
    await books.connect();
    await importOrder();
    const parked = await books.delivered('parked');
    expect(parked).toMatchObject({ code: 'books_not_set_up' });

    await books.map('role', 'item', books.itemId);
    const retried = await books.shop.post(`/deliveries/${String(parked['deliveryId'])}/retry`, {});
    expect(retried.status).toBe(200);
    await books.delivered('succeeded');
    const { body } = await books.shop.get(WORKLIST);
    expect(body['items']).toContainEqual(expect.objectContaining({ kind: 'product' }));
    expect(await books.held('SalesReceipt')).toHaveLength(1);
  });

  it('that the provider refuses is parked with its code, and nothing is there', async () => {
    await ready();
    await books.map('role', 'tax', 'unknown-item');
    await importOrder();

    expect(await books.delivered('parked')).toMatchObject({ code: 'books_2500' });
    expect(await books.held('SalesReceipt')).toEqual([]);
  });
});

describe('A sale of the shop', () => {
  it('is not posted while it is open, or where no books are connected', async () => {
    const before = await placeSale(books.shop, 500);
    await books.shop.post(`/orders/${before}/payments`, cash(500));
    await ready();
    await placeSale(books.shop, 700);
    const paid = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${paid}/payments`, cash(900));
    await books.delivered('succeeded');

    const receipts = await books.held('SalesReceipt');
    expect(receipts.map(({ TotalAmt }) => TotalAmt)).toEqual([9]);
  });

  it('is not posted by a later change when it was sold before the connection', async () => {
    const before = await placeSale(books.shop, 500);
    await books.shop.post(`/orders/${before}/payments`, cash(500));
    await ready();
    await books.shop.post(`/orders/${before}/status`, { status: 'SHIPPED' });
    const after = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${after}/payments`, cash(900));
    await books.delivered('succeeded');

    expect((await books.held('SalesReceipt')).map(({ TotalAmt }) => TotalAmt)).toEqual([9]);
  });

  it('is posted from the first day that the owner chose', async () => {
    const before = await placeSale(books.shop, 500);
    await books.shop.post(`/orders/${before}/payments`, cash(500));
    await ready();
    const start = { firstDay: '2020-01-01' };
    expect((await books.shop.put('/integrations/quickbooks/books/start', start)).status).toBe(200);
    await books.shop.post(`/orders/${before}/status`, { status: 'SHIPPED' });
    await books.delivered('succeeded');

    expect((await books.held('SalesReceipt')).map(({ TotalAmt }) => TotalAmt)).toEqual([5]);
    const { body } = await books.shop.get('/integrations/quickbooks/books');
    expect(body).toMatchObject(start);
  });

  it('takes the refund with it that was made before it was paid in full', async () => {
    await ready();
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(400));
    const refund = { amountMinor: 250, currency: 'USD', reason: 'Cold' };
    await books.shop.post(`/orders/${orderId}/refunds`, refund);
    await books.shop.post(`/orders/${orderId}/payments`, cash(500));
    const refunds = await books.until(
      () => books.held('RefundReceipt'),
      (found) => found.length === 1,
    );

    expect(refunds).toMatchObject([{ TotalAmt: 2.5 }]);
    expect(await books.held('SalesReceipt')).toMatchObject([{ TotalAmt: 9 }]);
  });

  it('has a refund receipt of its own for each refund', async () => {
    await ready();
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(900));
    const refund = { amountMinor: 250, currency: 'USD', reason: 'Cold' };
    await books.shop.post(`/orders/${orderId}/refunds`, refund);
    await books.shop.post(`/orders/${orderId}/refunds`, { ...refund, amountMinor: 100 });
    const refunds = await books.until(
      () => books.held('RefundReceipt'),
      (found) => found.length === 2,
    );

    expect(refunds.map(({ TotalAmt }) => TotalAmt).sort()).toEqual([1, 2.5]);
    expect(await books.held('SalesReceipt')).toHaveLength(1);
  });

  it('on account is an invoice that the customer owes', async () => {
    await ready();
    const customerId = await openAccount(books.shop);
    await books.map('customer', customerId, '58');
    const orderId = await placeSale(books.shop, 900);
    await books.shop.post(`/orders/${orderId}/payments`, cash(200));
    await books.shop.post(`/orders/${orderId}/payments`, onAccount(700, customerId));
    await books.delivered('succeeded');

    expect(await books.held('Invoice')).toMatchObject([
      { TotalAmt: 9, Balance: 7, Deposit: 2, CustomerRef: { value: '58' } },
    ]);
    expect(await books.held('SalesReceipt')).toEqual([]);

    const refund = { amountMinor: 300, toAccountMinor: 300, currency: 'USD', reason: 'Cold' };
    const refunded = await books.shop.post(`/orders/${orderId}/refunds`, refund);
    expect(refunded.body['detail']).toBeUndefined();
    const memos = await books.until(
      () => books.held('CreditMemo'),
      (found) => found.length === 1,
    );
    expect(memos).toMatchObject([{ TotalAmt: 3, CustomerRef: { value: '58' } }]);
    expect(await books.held('RefundReceipt')).toEqual([]);
  });
});

describe('What the books refuse', () => {
  const sell = async (amount: number) => {
    const orderId = await placeSale(books.shop, amount);
    await books.shop.post(`/orders/${orderId}/payments`, cash(amount));
    return orderId;
  };
  const retry = async ({ deliveryId }: Readonly<Record<string, unknown>>) => {
    const path = `/deliveries/${String(deliveryId)}/retry`;
    expect((await books.shop.post(path, {})).status).toBe(200);
    await books.delivered('succeeded');
  };

  it('in a closed period waits in words, and goes in once it is open', async () => {
    await ready();
    await books.decide({ closedUntil: '2999-01-01' });
    await sell(900);
    const parked = await books.delivered('parked');
    expect(parked).toMatchObject({
      code: 'books_6210',
      reason: expect.stringContaining('closed for that day') as string,
    });
    expect(await books.held('SalesReceipt')).toEqual([]);

    await books.decide({ closedUntil: '' });
    await retry(parked);
    expect(await books.held('SalesReceipt')).toHaveLength(1);
  });

  it('because of an inactive item waits until it is active', async () => {
    await ready();
    const item = {
      Id: books.itemId,
      sparse: true,
      Name: 'Sales',
      IncomeAccountRef: { value: '1' },
    };
    await books.atBooks('POST', '/item', { ...item, SyncToken: '0', Active: false });
    await sell(900);
    const parked = await books.delivered('parked');
    expect(parked).toMatchObject({
      code: 'books_610',
      reason: expect.stringContaining('inactive') as string,
    });

    await books.atBooks('POST', '/item', { ...item, SyncToken: '1', Active: true });
    await retry(parked);
  });

  it('because the subscription has ended waits until it is renewed', async () => {
    await ready();
    await books.decide({ hasEnded: true });
    await sell(900);
    const parked = await books.delivered('parked');
    expect(parked).toMatchObject({
      code: 'books_6190',
      reason: expect.stringContaining('subscription of QuickBooks has ended') as string,
    });

    await books.decide({ hasEnded: false });
    await retry(parked);
  });

  it('is never asked of it: a refund is a linked document, and the receipt stays', async () => {
    await ready();
    const orderId = await sell(900);
    await books.delivered('succeeded');
    const [receipt = {}] = await books.held('SalesReceipt');
    await books.shop.post(`/orders/${orderId}/refunds`, {
      ...{ amountMinor: 250, currency: 'USD', reason: 'Cold' },
    });
    const [refund] = await books.until(
      () => books.held('RefundReceipt'),
      (found) => found.length === 1,
    );
    expect(refund).toMatchObject({ TotalAmt: 2.5 });
    expect(refund?.['PrivateNote']).toContain(`tillstream:order=${orderId}.`);
    expect(await books.held('SalesReceipt')).toEqual([receipt]);
  });
});
