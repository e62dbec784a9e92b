import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor, roundToCoin } from '../kernel/money.ts';
import { change, type Method, PAYMENT_METHODS } from '../kernel/tender.ts';
import {
  assertCurrency,
  assertMinimum,
  assertText,
  assertTotals,
  commonData,
  invalid,
} from './checks.ts';
import type { ApplyPayment, PaymentMethod, RecordPayment } from './commands.ts';
import type { OrderPaymentRecorded, OrderStatusChanged, Totals } from './events.ts';
import { dueMinor, type OpenOrder, paidMinor, payableMinor } from './state.ts';
import { awaitsPayment } from './transitions.ts';

/** @throws DomainError invalid_request for an unknown method, or `on_account`. */
export function assertPaidAtOnce(method: Method): asserts method is PaymentMethod {
  if (method !== 'on_account' && PAYMENT_METHODS.includes(method)) return;
  throw invalid(
    'method',
    PAYMENT_METHODS.filter((each) => each !== 'on_account').join(', '),
    method,
  );
}

/** @throws DomainError invalid_request for an amount handed over in another way than cash. */
export function assertTendered(method: Method, tenderedMinor: number | undefined): void {
  if (tenderedMinor === undefined) return;
  if (method !== 'cash') throw invalid('tenderedMinor', `absent with ${method}`, tenderedMinor);
  assertMinimum(tenderedMinor, 0, 'tenderedMinor');
}

/** The error of a payment above `dueMinor`, which excludes what charges have reserved. */
export function exceedsDue(requestedMinor: number, dueMinor: number): DomainError {
  return new DomainError(
    'payment_exceeds_due',
    `expected at most ${dueMinor}, found ${requestedMinor}`,
    { dueMinor, requestedMinor },
  );
}

/** @throws DomainError order_fully_paid. */
function assertDue(order: OpenOrder): void {
  if (dueMinor(order) > 0) return;
  throw new DomainError('order_fully_paid', `nothing is due on order ${order.orderId}`, {
    orderId: order.orderId,
    totalMinor: order.totals.totalMinor,
  });
}

/** @throws DomainError order_fully_paid, payment_exceeds_due. */
export function assertPayable(amountMinor: number, order: OpenOrder): void {
  assertDue(order);
  if (amountMinor > payableMinor(order)) throw exceedsDue(amountMinor, payableMinor(order));
}

/**
 * How much rounding to the smallest coin changes the order's total by this payment: the cash that
 * settles what may be paid is rounded, whether the till names it before or after rounding. No
 * other payment is rounded: a card pays to the cent.
 */
function roundingOf({ method, amountMinor }: RecordPayment['data'], order: OpenOrder): number {
  if (method !== 'cash' || order.roundingOn !== 'payment') return 0;
  const payable = payableMinor(order);
  const rounded = roundToCoin(payable, order.cashRoundingMinor);
  return amountMinor === payable || amountMinor === rounded ? rounded - payable : 0;
}

/**
 * Records a payment. A tip raises the order's total and is paid at once; rounding to the smallest
 * coin changes the total. A payment that settles the order also confirms it, in the same decision.
 * @throws DomainError order_fully_paid, payment_exceeds_due, tendered_too_little,
 *   currency_mismatch, amount_out_of_range, invalid_request.
 */
export function recordPayment(
  data: RecordPayment['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderPaymentRecorded | OrderStatusChanged)[] {
  const { method, tipMinor = 0, tenderedMinor, reference, drawerId, currency } = data;
  assertPaidAtOnce(method);
  assertMinimum(data.amountMinor, 1, 'amountMinor');
  assertMinimum(tipMinor, 0, 'tipMinor');
  assertTendered(method, tenderedMinor);
  assertText(reference, 'reference');
  assertCurrency(currency, order);
  assertDue(order);
  const roundingAddedMinor = roundingOf(data, order);
  const settles = roundingAddedMinor !== 0;
  if (!settles) assertPayable(data.amountMinor, order);
  const amountMinor = settles ? payableMinor(order) + roundingAddedMinor : data.amountMinor;
  const takenMinor = addMinor(amountMinor, tipMinor);
  const { customerId } = order;
  const after = dueMinor(order) + roundingAddedMinor - amountMinor;
  const recorded: OrderPaymentRecorded = {
    type: 'OrderPaymentRecorded',
    data: {
      ...commonData(order, context),
      paidMinor: addMinor(paidMinor(order), takenMinor),
      dueMinor: after,
      paymentId: derivedId(context),
      method,
      amountMinor,
      tipMinor,
      tipAddedMinor: tipMinor,
      roundingAddedMinor,
      changeMinor: tenderedMinor === undefined ? 0 : change(takenMinor, tenderedMinor),
      totals: totalsWith(order.totals, tipMinor, roundingAddedMinor),
      ...omitUndefined({ tenderedMinor, reference, drawerId, customerId }),
    },
  };
  return [recorded, ...confirmation(order, after, context)];
}

/**
 * Takes what is due of money that was taken already, by a provider or an offline till; the rest is
 * excess of that payment. Only cash is rounded.
 * @throws DomainError order_fully_paid, payment_exceeds_due (all that is due is reserved),
 *   currency_mismatch, amount_out_of_range.
 */
export function applyPayment(
  { paymentId, ...data }: ApplyPayment['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderPaymentRecorded | OrderStatusChanged)[] {
  assertDue(order);
  const payable = payableMinor(order);
  if (payable <= 0) throw exceedsDue(data.amountMinor, payable);
  const taken = { ...data, amountMinor: Math.min(data.amountMinor, payable) };
  return recordPayment(taken, order, context).map((event) =>
    event.type === 'OrderPaymentRecorded'
      ? { ...event, data: { ...event.data, paymentId } }
      : event,
  );
}

/**
 * The totals with a tip and a rounding more, or less.
 * @throws DomainError amount_out_of_range.
 */
export function totalsWith(totals: Totals, tipMinor: number, roundingMinor: number): Totals {
  const after = {
    ...totals,
    tipMinor: addMinor(totals.tipMinor, tipMinor),
    roundingMinor: addMinor(totals.roundingMinor, roundingMinor),
    totalMinor: addMinor(totals.totalMinor, tipMinor, roundingMinor),
  };
  // An older order may be larger; only a tip can take a total over the maximum.
  if (tipMinor > 0) assertTotals(after);
  return after;
}

/** Confirms an order that awaits payment, once nothing is due. */
export function confirmation(
  order: Pick<OpenOrder, 'orderId' | 'status'>,
  dueMinorAfter: number,
  { businessDay }: CommandContext,
): OrderStatusChanged[] {
  if (dueMinorAfter > 0 || !awaitsPayment(order.status)) return [];
  const { orderId, status: from } = order;
  return [{ type: 'OrderStatusChanged', data: { orderId, businessDay, from, to: 'CONFIRMED' } }];
}
