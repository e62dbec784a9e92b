import { formatPosition } from '../../../../src/domain/kernel/position.ts';
import type { Role } from '../../../../src/domain/kernel/shop.ts';
import { features } from '../../../../src/features/index.ts';
import {
  type Answer,
  type ApiWorld,
  keyOf,
  newKey,
  openWorld,
  type WorldOptions,
} from '../../support/api-world.ts';

export interface Shop {
  readonly world: ApiWorld;
  /** A write with a key of its own unless one is given; as manager of store `a`. */
  post(path: string, json: unknown, options?: PostOptions): Promise<Answer>;
  put(path: string, json: unknown, options?: PostOptions): Promise<Answer>;
  remove(path: string, json: unknown, options?: PostOptions): Promise<Answer>;
  /** A query that shows all that was written before it. */
  get(path: string, options?: { role?: Role; store?: string }): Promise<Answer>;
  stop(): Promise<void>;
}

export interface PostOptions {
  readonly key?: string;
  readonly role?: Role;
  readonly store?: string;
  readonly headers?: Record<string, string>;
}

/** The product with all its features behind real HTTP, for two shops `a` and `b`. */
export async function openShop(options: WorldOptions = {}): Promise<Shop> {
  const world = await openWorld({ features, ...options });
  const write =
    (method: string) =>
    (path: string, json: unknown, given: PostOptions = {}) => {
      const { key = newKey(), role = 'manager', store = 'a', headers } = given;
      return world.call(method, path, {
        key: keyOf(store, role),
        headers: { 'Idempotency-Key': key, ...headers },
        json,
      });
    };
  return {
    world,
    post: write('POST'),
    put: write('PUT'),
    remove: write('DELETE'),
    async get(path, { role = 'manager', store = 'a' } = {}) {
      const position = formatPosition(await world.log.head());
      return world.call('GET', path, {
        key: keyOf(store, role),
        headers: { 'Tillstream-Position': position },
      });
    },
    stop: () => world.stop(),
  };
}

/** One line of the given price. */
export function saleOf(totalMinor: number, more: Record<string, unknown> = {}) {
  return {
    currency: 'USD',
    lines: [{ lineId: 'goods', name: 'Goods', quantity: '1', unitPriceMinor: totalMinor }],
    ...more,
  };
}

/** Opens an account and tells its id. */
export async function openAccount(
  { post }: Pick<Shop, 'post'>,
  more: Record<string, unknown> = {},
): Promise<string> {
  const opened = await post('/customers', { currency: 'USD', name: 'Marta', ...more });
  expect(opened.status).toBe(201);
  return String(opened.body['customerId']);
}

/** Places a one-line sale and tells its id. */
export async function placeSale({ post }: Pick<Shop, 'post'>, totalMinor: number): Promise<string> {
  const placed = await post('/orders', saleOf(totalMinor));
  expect(placed.status).toBe(202);
  return String(placed.body['orderId']);
}

export const cash = (amountMinor: number, more: Record<string, unknown> = {}) => ({
  method: 'cash',
  amountMinor,
  currency: 'USD',
  ...more,
});

export const onAccount = (amountMinor: number, customerId: string) => ({
  method: 'on_account',
  amountMinor,
  currency: 'USD',
  customerId,
});
