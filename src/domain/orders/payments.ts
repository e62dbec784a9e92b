import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { DomainError } from '../kernel/errors.ts';
import { addMinor, assertWithinMaximum } from '../kernel/money.ts';
import { change, PAYMENT_METHODS, type Method } from '../kernel/tender.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { assertCurrency, assertMinimum, assertText, commonData, invalid } from './checks.ts';
import type { PaymentMethod, RecordPayment } from './commands.ts';
import type { OrderPaymentRecorded, OrderStatusChanged } from './events.ts';
import { dueMinor, paidMinor, payableMinor, type OpenOrder } from './state.ts';
import { awaitsPayment } from './transitions.ts';

/** @throws DomainError invalid_request for a method that is unknown or settled by an account. */
export function assertPaidAtOnce(method: Method): asserts method is PaymentMethod {
  if (method !== 'on_account' && PAYMENT_METHODS.includes(method)) return;
  throw invalid(
    'method',
    PAYMENT_METHODS.filter((each) => each !== 'on_account').join(', '),
    method,
  );
}

/** Only cash is handed over and changed. @throws DomainError invalid_request otherwise. */
export function assertTendered(method: Method, tenderedMinor: number | undefined): void {
  if (tenderedMinor === undefined) return;
  if (method !== 'cash') throw invalid('tenderedMinor', `absent with ${method}`, tenderedMinor);
  assertMinimum(tenderedMinor, 0, 'tenderedMinor');
}

/** More than what may be paid. `dueMinor` is less what charges to an account have reserved. */
export function exceedsDue(requestedMinor: number, dueMinor: number): DomainError {
  return new DomainError(
    'payment_exceeds_due',
    `expected at most ${dueMinor}, found ${requestedMinor}`,
    { dueMinor, requestedMinor },
  );
}

/** @throws DomainError order_fully_paid, payment_exceeds_due. */
export function assertPayable(amountMinor: number, order: OpenOrder): void {
  if (dueMinor(order) === 0) {
    throw new DomainError('order_fully_paid', `nothing is due on order ${order.orderId}`, {
      orderId: order.orderId,
      totalMinor: order.totals.totalMinor,
    });
  }
  if (amountMinor > payableMinor(order)) throw exceedsDue(amountMinor, payableMinor(order));
}

/**
 * Money that came in. A tip raises the order's total and is paid at once. What settles the order
 * also confirms it, in the same decision.
 * @throws DomainError order_fully_paid, payment_exceeds_due, tendered_too_little,
 *   currency_mismatch, amount_out_of_range, invalid_request.
 */
export function recordPayment(
  data: RecordPayment['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderPaymentRecorded | OrderStatusChanged)[] {
  const { method, amountMinor, tipMinor = 0, tenderedMinor, reference, currency } = data;
  assertPaidAtOnce(method);
  assertMinimum(amountMinor, 1, 'amountMinor');
  assertMinimum(tipMinor, 0, 'tipMinor');
  assertTendered(method, tenderedMinor);
  assertText(reference, 'reference');
  assertCurrency(currency, order);
  assertPayable(amountMinor, order);
  const takenMinor = addMinor(amountMinor, tipMinor);
  const { totals, customerId } = order;
  const after = dueMinor(order) - amountMinor;
  assertWithinMaximum(addMinor(totals.totalMinor, tipMinor), 'totals.totalMinor');
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
      changeMinor: tenderedMinor === undefined ? 0 : change(takenMinor, tenderedMinor),
      totals: {
        ...totals,
        tipMinor: addMinor(totals.tipMinor, tipMinor),
        totalMinor: addMinor(totals.totalMinor, tipMinor),
      },
      ...omitUndefined({ tenderedMinor, reference, customerId }),
    },
  };
  return [recorded, ...confirmation(order, after, context)];
}

/** Confirms an order that waited for money, once nothing is due. */
export function confirmation(
  order: OpenOrder,
  dueMinorAfter: number,
  { businessDay }: CommandContext,
): OrderStatusChanged[] {
  if (dueMinorAfter > 0 || !awaitsPayment(order.status)) return [];
  const { orderId, status: from } = order;
  return [{ type: 'OrderStatusChanged', data: { orderId, businessDay, from, to: 'CONFIRMED' } }];
}
