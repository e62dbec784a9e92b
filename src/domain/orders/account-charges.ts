import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { NotFoundError } from '../kernel/errors.ts';
import { addMinor } from '../kernel/money.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import {
  assertCurrency,
  assertDay,
  assertMinimum,
  assertNote,
  assertOpen,
  assertText,
  commonData,
  invalidAdjustment,
} from './checks.ts';
import type {
  ConfirmAccountCharge,
  RejectAccountCharge,
  RequestAccountCharge,
} from './commands.ts';
import type {
  AccountChargeConfirmed,
  AccountChargeRejected,
  AccountChargeRequested,
  OrderStatusChanged,
} from './events.ts';
import { assertPayable, confirmation } from './payments.ts';
import { dueMinor, paidMinor, type AccountCharge, type OpenOrder, type Order } from './state.ts';

/**
 * Asks to put part of the order on a customer's account. That much of what is due is reserved
 * until the account answers: it is the account that knows its limit, not the order.
 * @throws DomainError order_fully_paid, payment_exceeds_due, invalid_adjustment (an order is put
 *   on one account only), currency_mismatch, amount_out_of_range, invalid_request.
 */
export function requestAccountCharge(
  data: RequestAccountCharge['data'],
  order: OpenOrder,
  context: CommandContext,
): AccountChargeRequested[] {
  const { customerId, amountMinor, currency, dueDate, note } = data;
  assertText(customerId, 'customerId', 'id');
  assertMinimum(amountMinor, 1, 'amountMinor');
  assertDay(dueDate, 'dueDate');
  assertNote(note, 'note');
  assertCurrency(currency, order);
  const other = order.charges.find(
    (charge) => charge.outcome !== 'rejected' && charge.customerId !== customerId,
  );
  if (other) {
    const details = { expected: other.customerId, found: customerId };
    throw invalidAdjustment(context.commandId, 'be for the account of the others', details);
  }
  assertPayable(amountMinor, order);
  const chargeId = derivedId(context);
  return [
    {
      type: 'AccountChargeRequested',
      data: {
        ...commonData(order, context),
        chargeId,
        customerId,
        amountMinor,
        ...omitUndefined({ dueDate, note }),
      },
    },
  ];
}

/**
 * The account took it: the charge counts as paid. A charge that was answered yields no event.
 * @throws NotFoundError not_found for a charge that was never asked for.
 * @throws DomainError invalid_request.
 */
export function confirmAccountCharge(
  data: ConfirmAccountCharge['data'],
  order: Order,
  context: CommandContext,
): (AccountChargeConfirmed | OrderStatusChanged)[] {
  const { chargeId, debtId } = data;
  assertText(debtId, 'debtId', 'id');
  const { outcome, customerId, amountMinor } = chargeOf(order, chargeId);
  if (outcome !== 'pending') return [];
  assertOpen(order);
  const after = dueMinor(order) - amountMinor;
  return [
    {
      type: 'AccountChargeConfirmed',
      data: {
        ...commonData(order, context),
        chargeId,
        debtId,
        customerId,
        amountMinor,
        paidMinor: addMinor(paidMinor(order), amountMinor),
        dueMinor: after,
      },
    },
    ...confirmation(order, after, context),
  ];
}

/**
 * The account refused it: what was reserved is due again. A charge that was answered yields none.
 * @throws NotFoundError not_found for a charge that was never asked for.
 * @throws DomainError invalid_request.
 */
export function rejectAccountCharge(
  data: RejectAccountCharge['data'],
  order: Order,
  context: CommandContext,
): AccountChargeRejected[] {
  const { chargeId, code, message } = data;
  assertText(code, 'code', 'name');
  assertText(message, 'message');
  const { outcome, customerId, amountMinor } = chargeOf(order, chargeId);
  if (outcome !== 'pending') return [];
  const facts = commonData(order, context);
  return [
    {
      type: 'AccountChargeRejected',
      data: { ...facts, chargeId, customerId, amountMinor, code, message },
    },
  ];
}

function chargeOf(order: Order, chargeId: string): AccountCharge {
  const charge = order.charges.find((each) => each.chargeId === chargeId);
  if (charge) return charge;
  throw new NotFoundError('not_found', `order ${order.orderId} has no charge ${chargeId}`, {
    orderId: order.orderId,
    chargeId,
  });
}
