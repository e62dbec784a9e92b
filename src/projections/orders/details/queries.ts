import { documentKey } from '../../../domain/kernel/names.ts';
import type { Reads } from '../../../engine/projections/reads.ts';
import type { OrderDetails } from './document.ts';
import { orderDetails } from './projection.ts';

export async function findOrder(
  reads: Reads,
  storeId: string,
  orderId: string,
): Promise<OrderDetails | undefined> {
  const key = documentKey(storeId, orderId);
  return (await reads.get<OrderDetails>(orderDetails.name, key))?.body;
}
