import {
  between,
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { Payment } from './document.ts';
import { payments } from './projection.ts';

export interface PaymentFilter {
  readonly orderId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly method?: string | undefined;
  /** Business days, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Payments, the newest first. */
export function listPayments(
  reads: Reads,
  filter: PaymentFilter,
  page: PageRequest,
): Promise<Page<Payment>> {
  const { from, to, ...equal } = filter;
  return findPage(
    reads,
    payments.name,
    {
      where: wherePresent(equal),
      ...between('businessDay', from, to),
      orderBy: 'at',
      direction: 'descending',
    },
    page,
  );
}

export async function findPayment(reads: Reads, paymentId: string): Promise<Payment | undefined> {
  const where = { paymentId };
  const found = await reads.find<Payment>(payments.name, { where, orderBy: 'at', limit: 1 });
  return found[0]?.body;
}
