import {
  between,
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { OrderRow } from './document.ts';
import { orderList } from './projection.ts';

export interface OrderFilter {
  readonly status?: string | undefined;
  readonly customerId?: string | undefined;
  /** Business days, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Orders, the newest first. */
export function listOrders(
  reads: Reads,
  filter: OrderFilter,
  page: PageRequest,
): Promise<Page<OrderRow>> {
  const { status, customerId, from, to } = filter;
  return findPage(
    reads,
    orderList.name,
    {
      where: wherePresent({ status, customerId }),
      ...between('businessDay', from, to),
      orderBy: 'placedAt',
      direction: 'descending',
    },
    page,
  );
}
