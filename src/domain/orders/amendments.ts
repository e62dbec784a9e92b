import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { addMinor } from '../kernel/money.ts';
import {
  formatQuantity,
  parseQuantity,
  storedQuantity,
  subtractQuantity,
} from '../kernel/quantity.ts';
import { assertText, commonData, invalidAdjustment } from './checks.ts';
import type { CompOrder, VoidLine } from './commands.ts';
import type { OrderComped, OrderLineVoided, OrderStatusChanged, PricedLine } from './events.ts';
import { confirmation } from './payments.ts';
import { priceOrder, type Prices, type PricingInput } from './pricing/pricing.ts';
import { type OpenOrder, type Order, paidMinor, pendingMinor } from './state.ts';

/**
 * The line with that id.
 * @throws NotFoundError line_not_found.
 */
export function lineOf(order: Order, lineId: string): PricedLine {
  const line = order.lines.find((each) => each.lineId === lineId);
  if (line) return line;
  throw new NotFoundError('line_not_found', `order ${order.orderId} has no line ${lineId}`, {
    orderId: order.orderId,
    lineId,
  });
}

/**
 * Removes a line, or part of it. The rest is priced again from the prices and adjustments that
 * the order captured when it was placed. Where nothing is due then, the order is confirmed.
 * @throws NotFoundError line_not_found.
 * @throws DomainError line_already_paid, refund_exceeds_remaining (more than the line has),
 *   invalid_adjustment (priced by a provider), amount_out_of_range, invalid_request.
 */
export function voidLine(
  data: VoidLine['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderLineVoided | OrderStatusChanged)[] {
  const { lineId, reason, approvedBy } = data;
  assertText(reason, 'reason');
  assertText(approvedBy, 'approvedBy', 'name');
  const line = lineOf(order, lineId);
  const wanted = data.quantity ?? line.quantity;
  const quantity = line.voided ? 0n : parseQuantity(wanted);
  assertAmendable(order);
  const left = subtractQuantity(storedQuantity(line.quantity) ?? 0n, quantity);
  if (left === undefined || quantity === 0n) {
    throw new DomainError(
      'refund_exceeds_remaining',
      `expected at most ${line.quantity} of ${lineId} to void, found ${wanted}`,
      { lineId, remaining: line.quantity, requested: wanted },
    );
  }
  const changed: PricedLine = {
    ...line,
    quantity: formatQuantity(left),
    ...(left === 0n && { voided: true as const }),
  };
  const lines = order.lines.map((each) => (each === line ? changed : each));
  const repriced = reprice(order, { lines });
  return [
    {
      type: 'OrderLineVoided',
      data: {
        ...commonData(order, context),
        lineId,
        name: line.name,
        quantity: formatQuantity(quantity),
        reason,
        ...omitUndefined({ approvedBy }),
        previousTotals: order.totals,
        ...repriced,
      },
    },
    ...confirmation(order, repriced.totals.totalMinor, context),
  ];
}

/**
 * Makes a line or the whole order free of charge: what its discounts leave of it is discounted too.
 * @throws NotFoundError line_not_found.
 * @throws DomainError line_already_paid, approval_required, invalid_adjustment (priced by a
 *   provider, or free already), amount_out_of_range, invalid_request.
 */
export function compOrder(
  data: CompOrder['data'],
  order: OpenOrder,
  context: CommandContext,
): (OrderComped | OrderStatusChanged)[] {
  const { lineId, reason, approvedBy } = data;
  assertText(reason, 'reason');
  if (approvedBy.trim() === '') {
    throw new DomainError('approval_required', 'expected approvedBy, found none', {
      field: 'approvedBy',
    });
  }
  assertText(approvedBy, 'approvedBy', 'name');
  if (lineId !== undefined) lineOf(order, lineId);
  assertAmendable(order);
  const repriced = reprice(
    order,
    lineId === undefined ? { comped: true } : { compedLineIds: [...order.compedLineIds, lineId] },
  );
  const compMinor = compsOf(repriced.lines) - compsOf(order.lines);
  const waived = repriced.totals.serviceChargeMinor < order.totals.serviceChargeMinor;
  if (compMinor === 0 && !waived) {
    throw invalidAdjustment(lineId ?? order.orderId, 'have something left to comp');
  }
  return [
    {
      type: 'OrderComped',
      data: {
        ...commonData(order, context),
        ...omitUndefined({ lineId }),
        reason,
        approvedBy,
        compMinor,
        previousTotals: order.totals,
        ...repriced,
      },
    },
    ...confirmation(order, repriced.totals.totalMinor, context),
  ];
}

const compsOf = (lines: readonly PricedLine[]): number =>
  addMinor(...lines.map(({ compMinor = 0 }) => compMinor));

/**
 * Prices that a provider computed cannot be repeated exactly, because its rules are not all known
 * here. What is paid is refunded instead, so that the movement of money is recorded.
 */
function assertAmendable(order: OpenOrder): void {
  if (paidMinor(order) > 0 || pendingMinor(order) > 0) {
    throw new DomainError(
      'line_already_paid',
      `expected nothing paid or pending, found ${paidMinor(order)} and ${pendingMinor(order)}`,
      { paidMinor: paidMinor(order), pendingMinor: pendingMinor(order) },
    );
  }
  if (order.pricing === 'given') {
    throw invalidAdjustment(order.orderId, 'be changed at the provider that priced it');
  }
}

function reprice(
  order: OpenOrder,
  changes: Partial<Pick<PricingInput, 'lines' | 'comped' | 'compedLineIds'>>,
): Prices {
  return priceOrder({
    lines: order.lines,
    discounts: order.discounts,
    taxes: order.taxes,
    serviceCharges: order.serviceCharges,
    tipMinor: order.totals.tipMinor,
    cashRoundingMinor: order.roundingOn === 'total' ? order.cashRoundingMinor : 0,
    compedLineIds: order.compedLineIds,
    comped: order.comped,
    ...changes,
  });
}
