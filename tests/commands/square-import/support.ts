import type { Shop } from '../../api/routes/support/shop.ts';
import type { Answer } from '../../api/support/api-world.ts';
import type { Json } from '../../support/square/orders.ts';

export interface Item {
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: string;
  readonly orderId?: string;
  readonly code?: string;
  readonly path?: string;
  readonly reason?: string;
  readonly action?: string;
  readonly notices?: readonly { code: string; path: string; message: string; action: string }[];
}

export interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly Item[];
}

/** Imports over the API. */
export async function importing(shop: Shop, body: unknown): Promise<Report> {
  const response: Answer = await shop.post('/imports/orders', body);
  expect([response.status, response.body['detail']]).toEqual([200, undefined]);
  return response.body as unknown as Report;
}

/** Imports one order, which must succeed, and reads it back. */
export async function importedOrder(shop: Shop, order: unknown): Promise<Json> {
  const { items } = await importing(shop, [order]);
  expect(items).toMatchObject([{ outcome: 'imported' }]);
  return (await shop.get(`/orders/${items[0]?.orderId ?? ''}`)).body;
}
