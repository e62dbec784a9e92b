import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import type { OrderEvent, OrderPlaced } from '../../../domain/orders/events.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { OrderAccountCharge, OrderDetails, OrderPayment } from './document.ts';

type Of<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

/** One document per order. A refused command that created no order leaves no document. */
export const orderDetails: Projection<OrderDetails, OrderEvent | CommandRefused> = {
  name: 'order-details',
  version: 4,
  collection: 'order-details',
  indexes: [],
  feed: 'sales',
  ...perEntity('order'),
  evolve(order, event) {
    const next = change(order, event);
    return next && { ...next, revision: event.revision, updatedAt: event.recordedAt };
  },
};

function change(
  order: OrderDetails | undefined,
  event: RecordedEvent & (OrderEvent | CommandRefused),
): OrderDetails | undefined {
  const at = event.recordedAt;
  if (event.type === 'OrderPlaced') return placed(event.data, event);
  if (event.type === 'CommandRefused') {
    const { command, code, message } = event.data;
    return order && { ...order, lastRefusal: { command, code, message, at } };
  }
  if (!order) throw new InvariantError('an order to be placed first', { type: event.type });
  switch (event.type) {
    case 'OrderStatusChanged':
      return withStatus(order, event.data.to, event.data.reason);
    case 'StaleStatusReported':
    case 'FulfilmentRequested':
      return order;
    case 'OrderCancelled':
      return withStatus(order, 'CANCELLED', event.data.reason);
    case 'OrderPaymentRecorded':
      return paid(order, event.data, at);
    case 'OrderTipAdjusted':
      return tipAdjusted(order, event.data);
    case 'AccountChargeRequested':
      return requested(order, event.data, at);
    case 'AccountChargeConfirmed':
      return confirmed(order, event.data, at);
    case 'AccountChargeRejected': {
      const { chargeId, amountMinor, message } = event.data;
      const charges = settle(order.accountCharges, chargeId, 'rejected', message);
      const pendingMinor = order.pendingMinor - amountMinor;
      return { ...order, accountCharges: charges, pendingMinor };
    }
    case 'OrderLineVoided':
    case 'OrderComped': {
      const { lines, discounts, taxes, serviceCharges, totals } = event.data;
      const dueMinor = totals.totalMinor - order.paidMinor;
      return { ...order, lines, discounts, taxes, serviceCharges, totals, dueMinor };
    }
    case 'OrderChangedAtProvider': {
      const { lines, discounts, taxes, serviceCharges, totals, source } = event.data;
      const dueMinor = totals.totalMinor - order.paidMinor;
      return { ...order, source, lines, discounts, taxes, serviceCharges, totals, dueMinor };
    }
    case 'OrderRefunded':
      return refunded(order, event.data, at);
  }
}

function placed(data: OrderPlaced['data'], recorded: RecordedEvent): OrderDetails {
  const { cashRoundingMinor: _coin, roundingOn: _rounding, ...facts } = data;
  return {
    ...facts,
    revision: recorded.revision,
    status: 'PENDING',
    paidMinor: 0,
    dueMinor: data.totals.totalMinor,
    pendingMinor: 0,
    refundedMinor: 0,
    payments: [],
    refunds: [],
    accountCharges: [],
    updatedAt: recorded.recordedAt,
  };
}

function withStatus(
  order: OrderDetails,
  status: OrderDetails['status'],
  reason: string | undefined,
): OrderDetails {
  const { statusReason: _before, ...rest } = order;
  return { ...rest, status, ...(reason !== undefined && { statusReason: reason }) };
}

function paid(order: OrderDetails, data: Of<'OrderPaymentRecorded'>, at: string): OrderDetails {
  const { paymentId, method, amountMinor, tipMinor, tenderedMinor, changeMinor } = data;
  const { reference, customerId, totals, paidMinor, dueMinor, paidAt } = data;
  const { roundingAddedMinor: roundingMinor } = data;
  const payment: OrderPayment = {
    paymentId,
    method,
    amountMinor,
    tipMinor,
    ...(roundingMinor !== 0 && { roundingMinor }),
    ...(tenderedMinor !== undefined && { tenderedMinor }),
    changeMinor,
    ...(reference !== undefined && { reference }),
    ...(customerId !== undefined && { customerId }),
    at: paidAt ?? at,
  };
  return { ...order, totals, paidMinor, dueMinor, payments: [...order.payments, payment] };
}

function tipAdjusted(order: OrderDetails, data: Of<'OrderTipAdjusted'>): OrderDetails {
  const { paymentId, tipMinor, tenderedMinor, changeMinor, totals, paidMinor, dueMinor } = data;
  const payments = order.payments.map((payment) =>
    payment.paymentId === paymentId
      ? { ...payment, tipMinor, changeMinor, ...(tenderedMinor !== undefined && { tenderedMinor }) }
      : payment,
  );
  return { ...order, totals, paidMinor, dueMinor, payments };
}

function requested(
  order: OrderDetails,
  data: Of<'AccountChargeRequested'>,
  at: string,
): OrderDetails {
  const { chargeId, customerId, amountMinor } = data;
  const charge: OrderAccountCharge = { chargeId, customerId, amountMinor, outcome: 'pending', at };
  return {
    ...order,
    pendingMinor: order.pendingMinor + amountMinor,
    accountCharges: [...order.accountCharges, charge],
  };
}

function confirmed(
  order: OrderDetails,
  data: Of<'AccountChargeConfirmed'>,
  at: string,
): OrderDetails {
  const { chargeId, customerId, debtId, amountMinor, paidMinor, dueMinor } = data;
  const payment: OrderPayment = {
    paymentId: chargeId,
    method: 'on_account',
    amountMinor,
    tipMinor: 0,
    changeMinor: 0,
    customerId,
    debtId,
    at,
  };
  return {
    ...order,
    paidMinor,
    dueMinor,
    pendingMinor: order.pendingMinor - amountMinor,
    payments: [...order.payments, payment],
    accountCharges: settle(order.accountCharges, chargeId, 'confirmed'),
  };
}

function settle(
  charges: readonly OrderAccountCharge[],
  chargeId: string,
  outcome: OrderAccountCharge['outcome'],
  reason?: string,
): OrderAccountCharge[] {
  return charges.map((charge) =>
    charge.chargeId === chargeId
      ? { ...charge, outcome, ...(reason !== undefined && { reason }) }
      : charge,
  );
}

function refunded(order: OrderDetails, data: Of<'OrderRefunded'>, at: string): OrderDetails {
  const { refundId, reason, lines, amountMinor, tipMinor } = data;
  const { roundingMinor, taxMinor, inclusiveTaxMinor } = data;
  const { toCashMinor, toCardMinor, toAccountMinor } = data;
  const refund = {
    refundId,
    reason,
    lines,
    amountMinor,
    tipMinor,
    roundingMinor,
    taxMinor,
    inclusiveTaxMinor,
    toCashMinor,
    toCardMinor,
    toAccountMinor,
    at,
  };
  return {
    ...order,
    refundedMinor: order.refundedMinor + amountMinor + tipMinor,
    refunds: [...order.refunds, refund],
  };
}
