import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { NotFoundError } from '../kernel/errors.ts';
import { addMinor } from '../kernel/money.ts';
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
import { type AccountCharge, dueMinor, type OpenOrder, type Order, paidMinor } from './state.ts';

/**
 * Requests to charge part of the order to a customer's account, and reserves that amount until the
 * account accepts or rejects it: the limit is a rule of the account, not of the order.
 * @throws DomainError order_fully_paid, payment_exceeds_due, invalid_adjustment (an order can be
 *   charged to one account only), currency_mismatch, amount_out_of_range, invalid_request.
 */
export function requestAccountCharge(
  data: RequestAccountCharge['data'],
  order: OpenOrder,
  context: CommandContext,
): AccountChargeRequested[] {
  const { customerId, amountMinor, currency, dueDate, note, drawerId } = data;
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
    throw invalidAdjustment(context.commandId, 'be for the account of the other charges', details);
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
        ...omitUndefined({ dueDate, note, drawerId }),
      },
    },
  ];
}

/**
 * The account accepted the charge, which counts as paid now. Yields no event when it was accepted
 * or rejected before.
 * @throws NotFoundError not_found for an unknown charge.
 * @throws DomainError invalid_request.
 */
export function confirmAccountCharge(
  data: ConfirmAccountCharge['data'],
  order: Order,
  context: CommandContext,
): (AccountChargeConfirmed | OrderStatusChanged)[] {
  const { chargeId, debtId } = data;
  assertText(debtId, 'debtId', 'id');
  const { outcome, customerId, amountMinor, drawerId } = chargeOf(order, chargeId);
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
        ...omitUndefined({ drawerId }),
      },
    },
    ...confirmation(order, after, context),
  ];
}

/**
 * The account rejected the charge: the reserved amount is due again. Yields no event when it was
 * accepted or rejected before.
 * @throws NotFoundError not_found for an unknown charge.
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
  const common = commonData(order, context);
  return [
    {
      type: 'AccountChargeRejected',
      data: { ...common, chargeId, customerId, amountMinor, code, message },
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
