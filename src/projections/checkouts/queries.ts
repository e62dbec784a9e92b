import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { CheckoutDocument } from './document.ts';
import { checkouts } from './projection.ts';

export async function findCheckout(
  reads: Reads,
  storeId: string,
  checkoutId: string,
): Promise<CheckoutDocument | undefined> {
  const key = documentKey(storeId, checkoutId);
  return (await reads.get<CheckoutDocument>(checkouts.name, key))?.body;
}

/** Checkouts of a shop, or of an order, the newest first. */
export function listCheckouts(
  reads: Reads,
  filter: { readonly orderId?: string | undefined },
  page: PageRequest,
): Promise<Page<CheckoutDocument>> {
  const query = { orderBy: 'requestedAt', direction: 'descending' } as const;
  return findPage(reads, checkouts.name, { where: wherePresent({ ...filter }), ...query }, page);
}
