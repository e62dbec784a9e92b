import { UpstreamError } from '../../domain/kernel/errors.ts';
import { goodsLeftMinor, orderDecider } from '../../domain/orders/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { backoffMs } from '../../lib/backoff.ts';
import {
  dispatch,
  NO_PROVIDER_MS,
  onPayment,
  paymentOf,
  type PaymentWork,
  providerOf,
} from './payment-work.ts';

const BACKOFF = { initialMs: 1_000, maxMs: 600_000, jitter: [0.5, 1] } as const;

export interface RefundStep {
  /** When to run the step again; absent once the outcome is known. */
  readonly againMs?: number;
}

/**
 * Sends a refund to the provider, with the refund's id as key: the provider refunds it once,
 * however often this runs.
 * @param tries How often the step ran for this refund before.
 */
export async function refundStep(
  work: PaymentWork,
  { paymentId, refundId }: { paymentId: string; refundId: string },
  tries: number,
): Promise<RefundStep> {
  const payment = await paymentOf(work, paymentId);
  const refund = payment.refunds.find((each) => each.refundId === refundId);
  if (!refund) return {};
  const provider = await providerOf(work, payment);
  if (!provider) return { againMs: NO_PROVIDER_MS };
  const { amountMinor } = refund;
  const { currency } = payment;
  const again = () => ({ againMs: Math.ceil(backoffMs(BACKOFF, tries, work.ids.random())) });
  try {
    const request = { attemptId: paymentId, refundId, amountMinor, currency };
    const outcome = await provider.refund(request);
    if (outcome.kind === 'retry') return { againMs: outcome.afterMs ?? again().againMs };
    await onPayment(work, paymentId, `refund ${refundId}`, {
      type: 'RecordRefundOutcome',
      data: { refundId, outcome },
    });
    return {};
  } catch (error) {
    if (error instanceof UpstreamError && error.code.startsWith('upstream_')) return again();
    throw error;
  }
}

/**
 * Records a refund of the provider in the order, for the part that the order had taken. Idempotent;
 * a refusal of the order stays in its history.
 */
export async function returnToOrder(
  work: PaymentWork,
  refunded: {
    readonly orderId: string;
    readonly refundId: string;
    readonly currency: string;
    readonly reason: string;
    readonly amountMinor: number;
    readonly ofExcessMinor: number;
  },
): Promise<void> {
  const { orderId, refundId, currency, reason } = refunded;
  const takenMinor = refunded.amountMinor - refunded.ofExcessMinor;
  if (takenMinor === 0) return;
  const { state: order } = await work.commands.load(orderDecider, work.storeId, orderId);
  if (order.status === 'none') return;
  const amountMinor = Math.min(takenMinor, goodsLeftMinor(order));
  try {
    await dispatch(work, orderDecider, orderId, `refund ${refundId}`, {
      type: 'RefundOrder',
      data: {
        ...{ amountMinor, tipMinor: takenMinor - amountMinor, toCardMinor: takenMinor },
        ...{ currency, reason },
      },
    });
  } catch (error) {
    if (!isFinalRefusal(error)) throw error;
  }
}
