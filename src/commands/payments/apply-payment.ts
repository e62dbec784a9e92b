import { orderDecider } from '../../domain/orders/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { dispatch, onPayment, paymentOf, type PaymentWork } from './payment-work.ts';

/**
 * Gives a charged payment to its order, which takes what is due, and records in the payment how
 * much that was. What the order does not take is excess: visible, and refundable. Idempotent.
 */
export async function applyPayment(work: PaymentWork, paymentId: string): Promise<void> {
  const payment = await paymentOf(work, paymentId);
  if (payment.status !== 'succeeded' || payment.appliedMinor !== undefined) return;
  const appliedMinor = await takenByOrder(work, payment);
  const command = { type: 'RecordApplication', data: { appliedMinor } } as const;
  await onPayment(work, paymentId, 'apply', command);
}

async function takenByOrder(
  work: PaymentWork,
  payment: Awaited<ReturnType<typeof paymentOf>>,
): Promise<number> {
  const { paymentId, orderId, method, currency, chargedMinor, transactionId, drawerId } = payment;
  const tipMinor = Math.min(payment.tipMinor, chargedMinor - 1);
  try {
    const { events } = await dispatch(work, orderDecider, orderId, `payment ${paymentId}`, {
      type: 'ApplyPayment',
      data: {
        ...{ paymentId, method, currency, amountMinor: chargedMinor - tipMinor, tipMinor },
        ...omitUndefined({ reference: transactionId, drawerId }),
      },
    });
    for (const event of events) {
      if (event.type !== 'OrderPaymentRecorded') continue;
      return event.data.amountMinor + event.data.tipMinor;
    }
    return 0;
  } catch (error) {
    // Closed, paid or unknown: the refusal is in the order's history, and all of it is excess.
    if (isFinalRefusal(error)) return 0;
    throw error;
  }
}
