import { completed } from '../../domain/books/support.ts';
import { createdOrder } from '../../support/square/orders.ts';
import { openShop, type Shop } from './support/shop.ts';

const BASE = '/integrations/quickbooks/books';
const FALLBACK = { kind: 'role', key: 'item', target: '1' };

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

async function importedOrder(): Promise<string> {
  const { body } = await shop.post('/imports/orders', [completed(createdOrder())]);
  const [item] = body['items'] as { orderId: string }[];
  return item?.orderId ?? '';
}

describe('The mapping to the books', () => {
  it('is set one by one, shown, and removed', async () => {
    expect((await shop.get(BASE)).body['code']).toBe('books_mapping_not_found');
    const set = await shop.put(`${BASE}/targets`, FALLBACK);
    expect(set).toMatchObject({ status: 200, body: { targetCount: 1, modifiers: 'lines' } });
    await shop.put(`${BASE}/targets`, { kind: 'product', key: 'Espresso', target: '12' });
    await shop.put(`${BASE}/targets`, { kind: 'product', key: ' espresso', target: '13' });
    await shop.put(`${BASE}/modifier-style`, { modifiers: 'folded' });

    expect((await shop.get(BASE)).body).toMatchObject({
      modifiers: 'folded',
      targets: [FALLBACK, { kind: 'product', key: ' espresso', target: '13' }],
      worklist: [],
    });
    const gone = { kind: 'product', key: 'espresso' };
    const remove = () => shop.post(`${BASE}/targets/remove`, gone, { role: 'admin' });
    expect((await remove()).body).toMatchObject({ targetCount: 1 });
    expect((await remove()).body['code']).toBe('books_target_not_found');
  });

  it('knows only its roles', async () => {
    const unknown = await shop.put(`${BASE}/targets`, { ...FALLBACK, key: 'tips' });

    expect(unknown.body['code']).toBe('unknown_books_role');
    await shop.put(`${BASE}/targets`, FALLBACK);
    expect((await shop.get(`${BASE}/worklist`)).body).toEqual({ items: [] });
  });
});

describe('The preview of a receipt', () => {
  it('is what QuickBooks gets, and parked while the books are not set up', async () => {
    const orderId = await importedOrder();
    const path = `/orders/${orderId}/receipt-preview`;
    expect((await shop.get(path)).body).toMatchObject({
      ...{ outcome: 'parked', code: 'books_not_set_up' },
    });

    await shop.put(`${BASE}/targets`, FALLBACK);
    const { body } = await shop.get(path);
    expect(body).toMatchObject({
      ...{ outcome: 'document', entity: 'SalesReceipt', totalMinor: 6_176 },
      document: { CurrencyRef: { value: 'USD' } },
    });
    const document = body['document'] as { DocNumber: string; Line: readonly unknown[] };
    expect(document.DocNumber).toMatch(/^SQ-[A-Z2-7]{17}$/);
    expect(document.Line).toHaveLength(5);
    expect(body['unmapped']).toContainEqual(expect.objectContaining({ kind: 'product' }));
  });

  it('is of an order of the shop that is sold', async () => {
    await shop.put(`${BASE}/targets`, FALLBACK);
    const line = { name: 'Espresso', quantity: '1', unitPriceMinor: 300 };
    const placed = await shop.post('/orders', { currency: 'USD', lines: [line] });
    const path = `/orders/${String(placed.body['orderId'])}/receipt-preview`;

    expect((await shop.get(path)).body).toMatchObject({ code: 'order_not_complete' });
    expect((await shop.get(path, { store: 'b' })).body['code']).toBe('order_not_found');
  });
});
