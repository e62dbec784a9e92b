import { KindGuard } from '@sinclair/typebox';

import { rolesWith } from '../../../src/domain/kernel/permissions.ts';
import { openAccount, openShop, placeSale, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  for (let i = 0; i < 3; i++) {
    await openAccount(shop, { name: `Customer ${i}` });
    await shop.post('/customers', { currency: 'USD', name: `B ${i}` }, { store: 'b' });
    await placeSale(shop, 100 + i);
  }
});
afterAll(() => shop.stop());

/** The cursor of a first page of one item. */
async function cursorOf(path: string, store = 'a'): Promise<string> {
  const joined = `${path}${path.includes('?') ? '&' : '?'}limit=1`;
  const { status, body } = await shop.get(joined, { store });
  expect({ path, status }).toEqual({ path, status: 200 });
  return encodeURIComponent(body['nextCursor'] as string);
}

const codeOf = async (path: string, store = 'a') => {
  const { status, body } = await shop.get(path, { store });
  return status === 200 ? status : body['code'];
};

function queryFieldsOf(route: { readonly query?: unknown }): Record<string, unknown> {
  return KindGuard.IsObject(route.query) ? route.query.properties : {};
}

describe('the cursor of a list', () => {
  it('is taken by that list alone, with the same filter, and by pages of any size', async () => {
    const cursor = await cursorOf('/orders?status=PENDING');
    expect(await codeOf(`/orders?status=PENDING&limit=2&cursor=${cursor}`)).toBe(200);
    expect(await codeOf(`/orders?cursor=${cursor}`)).toBe('invalid_request');
    expect(await codeOf(`/orders?status=SHIPPED&cursor=${cursor}`)).toBe('invalid_request');
  });

  it('is refused by the same list of another shop', async () => {
    const cursor = await cursorOf('/customers');
    expect(await codeOf(`/customers?cursor=${cursor}`)).toBe(200);
    expect(await codeOf(`/customers?cursor=${cursor}`, 'b')).toBe('invalid_request');
  });

  it('is refused by every other list', async () => {
    const cursor = await cursorOf('/customers');
    const lists = shop.world.api.routes.filter((route) => 'cursor' in queryFieldsOf(route));
    expect(lists.length).toBeGreaterThan(6);
    for (const { path, operationId, permission } of lists) {
      if (operationId === 'listCustomers') continue;
      const customerId = await openAccount(shop);
      const orderId = await placeSale(shop, 1);
      const named = path.replace(':customerId', customerId).replace(':orderId', orderId);
      const role = permission === 'public' ? 'till' : (rolesWith(permission)[0] ?? 'till');
      const { status, body } = await shop.get(`${named}?cursor=${cursor}`, { role });
      // Devices keep theirs for weeks, and have to know what to do without it.
      const code = operationId === 'pullEvents' ? 'cursor_invalid' : 'invalid_request';
      expect({ path, status, code: body['code'] }).toEqual({ path, status: 400, code });
    }
  });
});

describe('a range', () => {
  it.each([
    '/history?from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z',
    '/orders?from=2025-01-02&to=2025-01-01',
    '/payments?from=2025-01-02&to=2025-01-01',
    '/reports/daily-sales?from=2025-01-02&to=2025-01-01',
  ])('that ends before it begins is refused: %s', async (path) => {
    const { status, body } = await shop.get(path);
    expect([status, body['errors']]).toMatchObject([400, [{ in: 'query', path: '/from' }]]);
  });

  it('of one moment, or across time zones, is none of those', async () => {
    expect(await codeOf('/orders?from=2025-01-01&to=2025-01-01')).toBe(200);
    const path = '/history?from=2025-01-01T01:00:00%2B02:00&to=2025-01-01T00:00:00Z';
    expect(await codeOf(path)).toBe(200);
  });
});
