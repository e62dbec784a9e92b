import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { PaymentAttempt } from '../payment-attempts/document.ts';
import { paymentAttempts } from '../payment-attempts/projection.ts';
import type { PaymentNotice } from './document.ts';
import { paymentNotices } from './projection.ts';

/** Payments that are counted as waiting; more are shown as this number. */
export const MAX_WAITING = 1_000;
const MAX_LISTED = 100;

/** Notices of the payment provider, the newest first. */
export function listNotices(
  reads: Reads,
  filter: { readonly attemptId?: string | undefined },
  page: PageRequest,
): Promise<Page<PaymentNotice>> {
  const query = { orderBy: 'receivedAt', direction: 'descending' } as const;
  return findPage(reads, paymentNotices.name, { where: wherePresent(filter), ...query }, page);
}

export interface Reconciliation {
  readonly lastNoticeAt?: string;
  /** Payments whose outcome is not known, and when the oldest of them was requested. */
  readonly waiting: number;
  readonly oldestWaitingAt?: string;
  /** The oldest of them. */
  readonly items: readonly WaitingPayment[];
}

export type WaitingPayment = Pick<
  PaymentAttempt,
  'paymentId' | 'orderId' | 'status' | 'requestedAt'
>;

/** What the provider has given notice of, and what has no outcome yet. */
export async function findReconciliation(reads: Reads): Promise<Reconciliation> {
  const newest = { orderBy: 'receivedAt', direction: 'descending', limit: 1 } as const;
  const open = (status: PaymentAttempt['status']) =>
    reads.find<PaymentAttempt>(paymentAttempts.name, {
      where: { status },
      orderBy: 'requestedAt',
      limit: MAX_WAITING,
    });
  const [[last], pending, unknown] = await Promise.all([
    reads.find<PaymentNotice>(paymentNotices.name, newest),
    open('pending'),
    open('unknown'),
  ]);
  const items = [...pending, ...unknown]
    .map(({ body }) => waitingOf(body))
    .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1))
    .slice(0, MAX_LISTED);
  const oldest = items[0]?.requestedAt;
  return {
    ...(last && { lastNoticeAt: last.body.receivedAt }),
    waiting: Math.min(pending.length + unknown.length, MAX_WAITING),
    ...(oldest !== undefined && { oldestWaitingAt: oldest }),
    items,
  };
}

function waitingOf({ paymentId, orderId, status, requestedAt }: PaymentAttempt): WaitingPayment {
  return { paymentId, orderId, status, requestedAt };
}
