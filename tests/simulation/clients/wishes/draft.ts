import type { Role } from '../../../../src/domain/kernel/shop.ts';
import { markOf } from '../../nodes/shops.ts';
import type { Prng } from '../../world/prng.ts';
import type { ShopView } from '../shop-view.ts';

export interface Draft {
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: unknown;
  readonly role?: Role;
  readonly ifRevision?: number;
}

export type Make = (view: ShopView, rnd: Prng) => Draft | undefined;

/** What people do, and how often. */
export type Wishes = readonly (readonly [operation: string, weight: number, make: Make])[];

export const METHODS = ['cash', 'credit_card', 'debit_card', 'bank_transfer', 'qr'] as const;

export const some = <T>(items: readonly T[], rnd: Prng): T | undefined =>
  items.length === 0 ? undefined : items[items.length - 1 - rnd.zipf(items.length)];
export const text = (view: ShopView, what: string) => `${what} ${markOf(view.id)}`;
export const maybe = <T extends object>(rnd: Prng, chance: number, fields: () => T): Partial<T> =>
  rnd.chance(chance) ? fields() : {};

/** The whole, a part, or more than there is. */
export function amountOf(rnd: Prng, wholeMinor: number): number {
  if (wholeMinor <= 0 || rnd.chance(0.1)) return 1 + rnd.below(3_000);
  return rnd.chance(0.5) ? wholeMinor : 1 + rnd.below(wholeMinor);
}

/** One of the drawer sessions, closed ones too: a payment can arrive late. */
export const inDrawer = (view: ShopView, rnd: Prng, chance: number) =>
  maybe(rnd, chance, () => {
    const closed = view.drawers.filter(({ status }) => status === 'closed');
    const drawer = (rnd.chance(0.3) ? some(closed, rnd) : undefined) ?? some(view.drawers, rnd);
    return drawer ? { drawerId: drawer.drawerId } : {};
  });
