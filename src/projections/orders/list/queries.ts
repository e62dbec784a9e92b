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

/** Documents of one read. */
const READ = 1_000;

/** All orders of a business day, in the order in which they were placed. */
export async function* ordersOfDay(reads: Reads, businessDay: string): AsyncGenerator<OrderRow> {
  let after: { readonly value: string; readonly key: string } | undefined;
  for (;;) {
    const page = await reads.find<OrderRow>(orderList.name, {
      ...{ where: { businessDay }, orderBy: 'placedAt', limit: READ },
      ...(after && { after }),
    });
    for (const { body } of page) yield body;
    const last = page.at(-1);
    if (!last || page.length < READ) return;
    after = { value: last.body.placedAt, key: last.key };
  }
}
