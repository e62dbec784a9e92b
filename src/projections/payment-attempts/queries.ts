import { documentKey } from '../../domain/kernel/names.ts';
import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { PaymentAttempt } from './document.ts';
import { paymentAttempts } from './projection.ts';

export async function findPaymentAttempt(
  reads: Reads,
  storeId: string,
  paymentId: string,
): Promise<PaymentAttempt | undefined> {
  const key = documentKey(storeId, paymentId);
  return (await reads.get<PaymentAttempt>(paymentAttempts.name, key))?.body;
}

export interface PaymentAttemptFilter {
  readonly orderId?: string | undefined;
  readonly status?: PaymentAttempt['status'] | undefined;
}

/** Payments through a provider, the newest first. */
export function listPaymentAttempts(
  reads: Reads,
  filter: PaymentAttemptFilter,
  page: PageRequest,
): Promise<Page<PaymentAttempt>> {
  return findPage(
    reads,
    paymentAttempts.name,
    { where: wherePresent({ ...filter }), orderBy: 'requestedAt', direction: 'descending' },
    page,
  );
}
