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
  });
});
