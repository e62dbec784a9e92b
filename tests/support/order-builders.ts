import type { CommandContext } from '../../src/domain/kernel/decider.ts';
import {
  type LineInput,
  type Order,
  type OrderCommand,
  orderDecider,
  type OrderEvent,
  type OrderState,
  type PlaceOrder,
  type PricedLine,
  type RecordPayment,
  type RefundOrder,
  type Totals,
} from '../../src/domain/orders/index.ts';
import { CONTEXT, fold } from './decider.ts';

export const ORDER = 'order-1';
export const CUSTOMER = 'customer-1';
export const DAY = '2025-03-10';

/** The context of a command with this id, for the order of these tests. */
export function contextOf(commandId: string, businessDay: string = DAY): CommandContext {
  const now = `${businessDay}T12:00:00.000Z`;
  return { ...CONTEXT, entityId: ORDER, commandId, now, businessDay };
}

/** One line of 1 × 100 that costs what is given. */
export function line(data: Partial<LineInput> = {}): LineInput {
  return { name: 'Coffee', quantity: '1', unitPriceMinor: 100, ...data };
}

/** An order of one line of 100 EUR cents, without adjustments. */
export function placeOrder(data: Partial<PlaceOrder['data']> = {}): PlaceOrder {
  return { type: 'PlaceOrder', data: { currency: 'EUR', lines: [line()], ...data } };
}

export function pay(amountMinor: number, data: Partial<RecordPayment['data']> = {}): RecordPayment {
  return { type: 'RecordPayment', data: { method: 'cash', amountMinor, currency: 'EUR', ...data } };
}

export function refund(data: Partial<RefundOrder['data']> = {}): RefundOrder {
  return { type: 'RefundOrder', data: { reason: 'returned', currency: 'EUR', ...data } };
}

export function charge(amountMinor: number, customerId: string = CUSTOMER): OrderCommand {
  return { type: 'RequestAccountCharge', data: { customerId, amountMinor, currency: 'EUR' } };
}

/** The id of what a command made of the order of these tests. */
export const idOf = (commandId: string): string => `${ORDER}:${commandId}`;

/** Of the charge that this command asked for. */
export function confirm(commandId: string): OrderCommand {
  const data = { chargeId: idOf(commandId), debtId: `debt-of-${commandId}` };
  return { type: 'ConfirmAccountCharge', data };
}

export function reject(commandId: string): OrderCommand {
  const data = {
    chargeId: idOf(commandId),
    code: 'credit_limit_exceeded',
    message: 'over the limit',
  };
  return { type: 'RejectAccountCharge', data };
}

export const cancel: OrderCommand = { type: 'CancelOrder', data: { reason: 'changed their mind' } };

/** What happened when these commands were carried out one after the other, as c1, c2, ... */
export function happened(...commands: readonly OrderCommand[]): OrderEvent[] {
  const events: OrderEvent[] = [];
  commands.forEach((command, i) => {
    const state = fold<OrderState, OrderEvent>(orderDecider, events);
    events.push(...orderDecider.decide(command, state, contextOf(`c${i + 1}`)));
  });
  return events;
}

/** The order after these events. */
export function orderOf(events: readonly OrderEvent[]): Order {
  const state = fold<OrderState, OrderEvent>(orderDecider, events);
  if (state.status === 'none') throw new Error('expected an order, found none');
  return state;
}

/** The order after these commands. */
export function orderAfter(...commands: readonly OrderCommand[]): Order {
  return orderOf(happened(...commands));
}

/** Totals of which only some are not 0. */
export function totals(data: Partial<Totals> = {}): Totals {
  return {
    grossMinor: 0,
    discountMinor: 0,
    serviceChargeMinor: 0,
    taxMinor: 0,
    inclusiveTaxMinor: 0,
    tipMinor: 0,
    roundingMinor: 0,
    totalMinor: 0,
    ...data,
  };
}

/** A line as a provider priced it: 1 × 100. */
export function pricedLine(data: Partial<PricedLine> = {}): PricedLine {
  return {
    lineId: 'line-1',
    name: 'Coffee',
    quantity: '1',
    unitPriceMinor: 100,
    modifiers: [],
    grossMinor: 100,
    discountMinor: 0,
    taxMinor: 0,
    inclusiveTaxMinor: 0,
    totalMinor: 100,
    ...data,
  };
}
