import { checkoutDecider } from '../../domain/checkouts/index.ts';
import { ConflictError } from '../../domain/kernel/errors.ts';
import type { Provider } from '../../domain/kernel/providers.ts';
import { orderDecider } from '../../domain/orders/index.ts';
import { type FoundBy, type Payment, paymentDecider } from '../../domain/payments/index.ts';
import type { WebhookEffect } from '../../domain/webhooks/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import type { ProviderTransaction } from '../../ports/provider-client.ts';
import { onEntity, type ProviderWork } from './webhook-work.ts';

/** What a transaction of a provider led to, or why it has to wait. */
export type Recorded =
  | {
      readonly kind: 'done';
      readonly effect: WebhookEffect;
      readonly paymentId?: string;
      readonly paidOrderId?: string;
    }
  | { readonly kind: 'wait'; readonly code: 'order_unknown' | 'payment_in_progress' };

export interface Found {
  readonly provider: Provider;
  readonly transaction: ProviderTransaction;
  readonly foundBy: FoundBy;
}

/** The payment that a transaction is, where the shop did not ask for it itself. */
export const receivedPaymentId = (provider: Provider, transactionId: string) =>
  `${provider}-${transactionId}`;

/**
 * Records money that moved at a provider, as the provider itself has just shown it: the payment,
 * and what went back of it. Every way by which it is found comes here, and the id of the payment is
 * that of the transaction, so that it is recorded once.
 *
 * The reference that the shop gave names a payment of its own, a checkout or an order. An order
 * that is not known yet can come later, as from a till that was offline.
 */
export async function recordTransaction(work: ProviderWork, found: Found): Promise<Recorded> {
  const { transaction } = found;
  if (transaction.status !== 'succeeded') return { kind: 'done', effect: 'not_paid' };
  const { reference } = transaction;
  if (reference === undefined || reference === '') return { kind: 'done', effect: 'none' };
  const own = await paymentWith(work, reference);
  const isOwn = own !== undefined && (own.transactionId ?? transaction.id) === transaction.id;
  if (isOwn) return ofAttempt(work, found, own);
  return ofOrder(work, found, own?.orderId ?? (await orderOf(work, reference)));
}

/** The order of a checkout, or the one that the reference itself names. */
async function orderOf({ sequence }: ProviderWork, reference: string): Promise<string> {
  const { commands, context } = sequence;
  const { state } = await commands.load(checkoutDecider, context.storeId, reference);
  return state.status === 'none' ? reference : state.orderId;
}

async function paymentWith(work: ProviderWork, paymentId: string): Promise<Payment | undefined> {
  const { commands, context } = work.sequence;
  const { state } = await commands.load(paymentDecider, context.storeId, paymentId);
  return state.status === 'none' ? undefined : state;
}

/** A charge that the shop asked for: this is its outcome. */
async function ofAttempt(
  work: ProviderWork,
  { transaction, foundBy }: Found,
  { paymentId, orderId }: Payment,
): Promise<Recorded> {
  const { id: transactionId, amountMinor: chargedMinor } = transaction;
  const outcome = { kind: 'succeeded', transactionId, chargedMinor } as const;
  const command = { type: 'RecordOutcome', data: { outcome, foundBy } } as const;
  const { events } = await onEntity(work, 'outcome', paymentDecider, paymentId, command);
  return withRefunds(work, transaction, { paymentId, orderId, isNew: events.length > 0 });
}

async function ofOrder(
  work: ProviderWork,
  { provider, transaction, foundBy }: Found,
  orderId: string,
): Promise<Recorded> {
  const { commands, context } = work.sequence;
  const paymentId = receivedPaymentId(provider, transaction.id);
  const known = await paymentWith(work, paymentId);
  if (known) return withRefunds(work, transaction, { paymentId, orderId, isNew: false });
  const { state: order } = await commands.load(orderDecider, context.storeId, orderId);
  if (order.status === 'none') return { kind: 'wait', code: 'order_unknown' };
  const { amountMinor: chargedMinor, currency, id: transactionId, method = 'qr' } = transaction;
  const { events } = await onEntity(work, 'payment', paymentDecider, paymentId, {
    type: 'ReceivePayment',
    data: { orderId, provider, method, chargedMinor, currency, transactionId, foundBy },
  });
  return withRefunds(work, transaction, { paymentId, orderId, isNew: events.length > 0 });
}

interface Known {
  readonly paymentId: string;
  readonly orderId: string;
  /** Recorded just now. */
  readonly isNew: boolean;
}

/** What went back at the provider without a request of the shop is recorded too. */
async function withRefunds(
  work: ProviderWork,
  { refundedMinor, providerStatus }: ProviderTransaction,
  { paymentId, orderId: paidOrderId, isNew }: Known,
): Promise<Recorded> {
  const done = (effect: WebhookEffect) =>
    ({ kind: 'done', effect, paymentId, paidOrderId }) as const;
  if (refundedMinor <= 0) return done(isNew ? 'payment_recorded' : 'already_known');
  try {
    const reason = `at the provider: ${providerStatus}`;
    const data = { refundedMinor, reason };
    const command = { type: 'RecordRefundedTotal', data } as const;
    const { events } = await onEntity(work, 'refund', paymentDecider, paymentId, command);
    if (events.length > 0) return done('refund_recorded');
    return done(isNew ? 'payment_recorded' : 'already_known');
  } catch (error) {
    // The order takes the payment first, and a refund of the shop gets its own outcome.
    if (error instanceof ConflictError) return { kind: 'wait', code: 'payment_in_progress' };
    if (isFinalRefusal(error)) return done('already_known');
    throw error;
  }
}
