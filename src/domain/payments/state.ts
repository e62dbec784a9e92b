import type { PaymentStatus, ProviderMethod } from './events.ts';

/**
 * What may be done next. `charge`: send it. `lookup`: ask the provider first, because a charge may
 * have reached it. `none`: the outcome is known.
 */
export type NextStep = 'charge' | 'lookup' | 'none';

export interface PendingRefund {
  readonly refundId: string;
  readonly amountMinor: number;
  readonly ofExcessMinor: number;
  readonly reason: string;
}

export interface NoPayment {
  readonly status: 'none';
}

/** One payment through a provider. Plain JSON: it is kept in snapshots. */
export interface Payment {
  readonly status: PaymentStatus;
  readonly next: NextStep;
  readonly paymentId: string;
  readonly orderId: string;
  readonly provider: string;
  readonly method: ProviderMethod;
  readonly currency: string;
  readonly amountMinor: number;
  readonly tipMinor: number;
  readonly customerId?: string;
  readonly drawerId?: string;
  /** What the payer gave for it, where the provider needs that. */
  readonly sourceId?: string;
  /** Business day. It was not sent before. */
  readonly requestedOn: string;
  /** Attempts that were granted. */
  readonly attempts: number;
  readonly transactionId?: string;
  readonly reason?: string;
  readonly chargedMinor: number;
  /** What the order took; absent until it has decided. */
  readonly appliedMinor?: number;
  readonly refundedMinor: number;
  /** The part of what was refunded that no order took. */
  readonly refundedExcessMinor: number;
  readonly refunds: readonly PendingRefund[];
}

export type PaymentState = NoPayment | Payment;

export const initialPaymentState: PaymentState = { status: 'none' };

const sum = (refunds: readonly PendingRefund[], field: 'amountMinor' | 'ofExcessMinor') =>
  refunds.reduce((total, refund) => total + refund[field], 0);

/** Charged, and neither refunded nor on its way back. */
export function refundableMinor(payment: Payment): number {
  return payment.chargedMinor - payment.refundedMinor - sum(payment.refunds, 'amountMinor');
}

/** Charged, not taken by the order, and neither refunded nor on its way back. */
export function excessMinor(payment: Payment): number {
  const { chargedMinor, appliedMinor, refundedExcessMinor, refunds } = payment;
  if (appliedMinor === undefined) return 0;
  return chargedMinor - appliedMinor - refundedExcessMinor - sum(refunds, 'ofExcessMinor');
}
