import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { OrderHistoryEntry } from './document.ts';
import { orderHistory } from './projection.ts';

/** The history of an order, from its first event on. */
export function readOrderHistory(
  reads: Reads,
  orderId: string,
  page: PageRequest,
): Promise<Page<OrderHistoryEntry>> {
  return findPage(reads, orderHistory.name, { where: { orderId }, orderBy: 'revision' }, page);
}
