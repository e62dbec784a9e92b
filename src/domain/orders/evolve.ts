import { omitUndefined } from '../../lib/omit-undefined.ts';
import { invariant, unreachable } from '../kernel/invariant.ts';
import { addQuantities } from '../kernel/quantity.ts';
import { groupOf, type TenderGroup } from '../kernel/tender.ts';
import type { OrderEvent, OrderPlaced, OrderRefunded, OrderTipAdjusted } from './events.ts';
import type { OrderStatus } from './events.ts';
import { totalOf } from './pricing/totals.ts';
import { taxesIn } from './refunds/taxes.ts';
import {
  type AccountCharge,
  type ByTender,
  dueMinor,
  type LineRefund,
  netPaidMinor,
  type OpenOrder,
  type Order,
  type OrderState,
  paidMinor,
  payableMinor,
  type PricedOrder,
} from './state.ts';
import { canTransition, isClosed } from './transitions.ts';

/**
 * The order after an event.
 * @throws InvariantError when an event does not fit the order, or the order does not add up after
 *   it: wrong books stop here.
 */
export function evolveOrder(state: OrderState, event: OrderEvent): OrderState {
  const order = event.type === 'OrderPlaced' ? placed(state, event.data) : changed(state, event);
  const { totals, orderId } = order;
  const found = { orderId, ...totals, paid: paidMinor(order), netPaid: netPaidMinor(order) };
  invariant(totals.totalMinor === totalOf(totals), 'totals that add up', found);
  invariant(payableMinor(order) >= 0, 'no more paid and pending than the total', found);
  invariant(netPaidMinor(order) >= 0, 'no more refunded than was paid', found);
  return order;
}

function placed(state: OrderState, data: OrderPlaced['data']): OpenOrder {
  invariant(state.status === 'none', 'an order to be placed once', { id: data.orderId });
  const { orderId, currency, pricing, source, customerId } = data;
  const { businessDay, cashRoundingMinor, roundingOn } = data;
  return {
    status: 'PENDING',
    orderId,
    currency,
    pricing,
    ...omitUndefined({ source, importedVersion: source?.version, customerId }),
    placedOn: businessDay,
    cashRoundingMinor,
    roundingOn,
    ...pricesOf(data),
    compedLineIds: [],
    comped: false,
    paid: { cash: 0, card: 0, account: 0 },
    refunded: { cash: 0, card: 0, account: 0 },
    refundedTipMinor: 0,
    refundedRoundingMinor: 0,
    refundedTaxMinor: 0,
    refundedInclusiveTaxMinor: 0,
    lineRefunds: [],
    charges: [],
    payments: [],
  };
}

function changed(order: OrderState, event: Exclude<OrderEvent, OrderPlaced>): Order {
  invariant(order.status !== 'none', 'an order', { type: event.type });
  switch (event.type) {
    case 'OrderStatusChanged':
      invariant(event.data.from === order.status, `a change from ${order.status}`, event.data);
      return moved(order, event.data.to);
    case 'StaleStatusReported':
    case 'FulfilmentRequested':
      return order;
    case 'OrderCancelled':
      return moved(order, 'CANCELLED');
    case 'OrderPaymentRecorded': {
      const { paymentId, method, amountMinor, tipMinor, totals } = event.data;
      const { tenderedMinor, drawerId } = event.data;
      const paid = plus(order.paid, groupOf(method), amountMinor + tipMinor);
      const known = { paymentId, method, amountMinor, tipMinor };
      const payment = { ...known, ...omitUndefined({ tenderedMinor, drawerId }) };
      const payments = [...order.payments, payment];
      return settled({ ...order, paid, totals, payments }, event.data);
    }
    case 'OrderTipAdjusted':
      return tipAdjusted(order, event.data);
    case 'AccountChargeRequested': {
      const { chargeId, customerId, amountMinor, drawerId } = event.data;
      const drawer = omitUndefined({ drawerId });
      const charge = { chargeId, customerId, amountMinor, outcome: 'pending', ...drawer } as const;
      return { ...order, charges: [...order.charges, charge] };
    }
    case 'AccountChargeConfirmed': {
      const { chargeId, amountMinor } = event.data;
      const charges = decided(order, chargeId, 'confirmed');
      const paid = plus(order.paid, 'account', amountMinor);
      return settled({ ...order, charges, paid }, event.data);
    }
    case 'AccountChargeRejected':
      return { ...order, charges: decided(order, event.data.chargeId, 'rejected') };
    case 'OrderLineVoided':
      return { ...order, ...pricesOf(event.data) };
    case 'OrderComped': {
      const { lineId } = event.data;
      const compedLineIds = [...order.compedLineIds, ...(lineId === undefined ? [] : [lineId])];
      const comped = order.comped || lineId === undefined;
      return { ...order, ...pricesOf(event.data), compedLineIds, comped };
    }
    case 'OrderChangedAtProvider':
      return { ...order, ...pricesOf(event.data), source: event.data.source };
    case 'OrderRefunded':
      return refunded(order, event.data);
    default:
      return unreachable(event);
  }
}

/** Only listed transitions are possible, and a final status stays (invariant 20). */
function moved(order: Order, to: OrderStatus): Order {
  const { status: from } = order;
  invariant(!isClosed(from) && canTransition(from, to), 'a listed transition', { from, to });
  return isClosed(to) ? { ...order, status: to, closedFrom: from } : { ...order, status: to };
}

function pricesOf({ lines, discounts, taxes, serviceCharges, totals }: PricedOrder): PricedOrder {
  return { lines, discounts, taxes, serviceCharges, totals };
}

function plus(amounts: ByTender, group: TenderGroup, amountMinor: number): ByTender {
  return { ...amounts, [group]: amounts[group] + amountMinor };
}

function settled(order: Order, stated: { paidMinor: number; dueMinor: number }): Order {
  const found = { paidMinor: paidMinor(order), dueMinor: dueMinor(order) };
  invariant(
    found.paidMinor === stated.paidMinor && found.dueMinor === stated.dueMinor,
    'as much paid and due as the event states',
    { stated: { paidMinor: stated.paidMinor, dueMinor: stated.dueMinor }, found },
  );
  return order;
}

function tipAdjusted(order: Order, data: OrderTipAdjusted['data']): Order {
  const { paymentId, tipMinor, previousTipMinor, tenderedMinor, totals } = data;
  const payment = order.payments.find((each) => each.paymentId === paymentId);
  invariant(payment?.tipMinor === previousTipMinor, 'the tip that the payment has', {
    stated: previousTipMinor,
    found: payment?.tipMinor,
  });
  const group = groupOf(payment.method);
  const paid = plus(order.paid, group, tipMinor - previousTipMinor);
  const after = { ...payment, tipMinor, ...omitUndefined({ tenderedMinor }) };
  const payments = order.payments.map((each) => (each === payment ? after : each));
  const adjusted = settled({ ...order, paid, totals, payments }, data);
  invariant(totals.tipMinor >= order.refundedTipMinor, 'no more tip refunded than there is', data);
  return adjusted;
}

function decided(
  order: Order,
  chargeId: string,
  outcome: AccountCharge['outcome'],
): AccountCharge[] {
  const pending = order.charges.some((c) => c.chargeId === chargeId && c.outcome === 'pending');
  invariant(pending, 'a pending charge', { chargeId });
  return order.charges.map((charge) =>
    charge.chargeId === chargeId ? { ...charge, outcome } : charge,
  );
}

function refunded(order: Order, data: OrderRefunded['data']): Order {
  const { toCashMinor, toCardMinor, toAccountMinor, amountMinor, tipMinor } = data;
  invariant(
    toCashMinor + toCardMinor + toAccountMinor === amountMinor + tipMinor,
    'a refund that goes somewhere in full',
    { orderId: data.orderId, refundId: data.refundId },
  );
  const { lines, roundingMinor } = data;
  const ofLines = lines.reduce((sum, line) => sum + line.amountMinor, roundingMinor);
  invariant(lines.length === 0 || ofLines === amountMinor, 'lines that sum to the refund', {
    orderId: data.orderId,
    refundId: data.refundId,
  });
  // What was recorded without its taxes had the same ones.
  const taxes = taxesIn(order, data);
  const after: Order = {
    ...order,
    refundedRoundingMinor: order.refundedRoundingMinor + roundingMinor,
    refundedTaxMinor: order.refundedTaxMinor + (data.taxMinor ?? taxes.taxMinor),
    refundedInclusiveTaxMinor:
      order.refundedInclusiveTaxMinor + (data.inclusiveTaxMinor ?? taxes.inclusiveTaxMinor),
    refunded: {
      cash: order.refunded.cash + toCashMinor,
      card: order.refunded.card + toCardMinor,
      account: order.refunded.account + toAccountMinor,
    },
    refundedTipMinor: order.refundedTipMinor + tipMinor,
    lineRefunds: data.lines.reduce(addLineRefund, order.lineRefunds),
  };
  invariant(
    netPaidMinor(after) === data.remainingMinor,
    'what remains to be what the event states',
    {
      stated: data.remainingMinor,
      found: netPaidMinor(after),
    },
  );
  return after;
}

function addLineRefund(
  refunds: readonly LineRefund[],
  { lineId, quantity = '0', amountMinor }: OrderRefunded['data']['lines'][number],
): readonly LineRefund[] {
  const before = refunds.find((refund) => refund.lineId === lineId);
  if (!before) return [...refunds, { lineId, quantity, amountMinor }];
  const after: LineRefund = {
    lineId,
    quantity: addQuantities(before.quantity, quantity),
    amountMinor: before.amountMinor + amountMinor,
  };
  return refunds.map((refund) => (refund === before ? after : refund));
}
