import { isPermitted, type Permission } from '../../../domain/kernel/permissions.ts';
import type { Grant } from '../../../domain/kernel/shop.ts';

/** What devices get of a shop, entity by entity: kinds of streams, and who may read them. */
const SHARED: Readonly<Record<string, Permission>> = {
  order: 'orders:read',
  product: 'products:read',
  category: 'products:read',
  stock: 'inventory:read',
  drawer: 'drawers:read',
  account: 'customers:read',
  fact: 'facts:read',
  sharedentity: 'facts:read',
};

/** What one caller gets: of each entity all events, or none. */
export interface PullScope {
  readonly categories: readonly string[];
  /** Names, phone numbers and emails are masked. */
  readonly isMasked: boolean;
  /** Names the scope: with another one, what was pulled before is not what would be sent now. */
  readonly name: string;
}

interface Caller {
  readonly grants: readonly Grant[];
  /** The branch that the request is for. */
  readonly branchId?: string;
}

export function scopeOf({ grants, branchId }: Caller): PullScope {
  const categories = Object.entries(SHARED).flatMap(([category, permission]) =>
    isPermitted(grants, permission, branchId) ? [category] : [],
  );
  const isMasked = !isPermitted(grants, 'personal-data:read', branchId);
  return { categories, isMasked, name: `${categories.join(' ')}${isMasked ? ' masked' : ''}` };
}
