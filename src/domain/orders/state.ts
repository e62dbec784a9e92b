import type { TenderGroup } from '../kernel/tender.ts';
import type {
  AppliedCharge,
  AppliedDiscount,
  AppliedTax,
  OrderStatus,
  PricedLine,
  Pricing,
  Rounding,
  Totals,
} from './events.ts';

export type ClosedStatus = 'CANCELLED' | 'REFUNDED';
export type OpenStatus = Exclude<OrderStatus, ClosedStatus>;

/** A wish to put part of the order on a customer's account, and what became of it. */
export interface AccountCharge {
  readonly chargeId: string;
  readonly customerId: string;
  readonly amountMinor: number;
  readonly outcome: 'pending' | 'confirmed' | 'rejected';
}

/** What of a line went back. `quantity` is a decimal string, `0` when refunded by amount only. */
export interface LineRefund {
  readonly lineId: string;
  readonly quantity: string;
  readonly amountMinor: number;
}

/** Minor units by where they came from or went to, tips included. */
export type ByTender = Readonly<Record<TenderGroup, number>>;

/** What an order is priced from, and the prices: all that a void or a comp needs to price anew. */
export interface PricedOrder {
  readonly lines: readonly PricedLine[];
  readonly discounts: readonly AppliedDiscount[];
  readonly taxes: readonly AppliedTax[];
  readonly serviceCharges: readonly AppliedCharge[];
  readonly totals: Totals;
}

interface OrderFacts extends PricedOrder {
  readonly orderId: string;
  readonly currency: string;
  readonly pricing: Pricing;
  readonly customerId?: string;
  /** Business day on which it was placed. */
  readonly placedOn: string;
  readonly cashRoundingMinor: number;
  readonly roundingOn: Rounding;
  /** Lines given away, and whether all of the order was. */
  readonly compedLineIds: readonly string[];
  readonly comped: boolean;
  readonly paid: ByTender;
  readonly refunded: ByTender;
  /** The part of what was refunded that was tip. */
  readonly refundedTipMinor: number;
  /** The parts of what was refunded that were cash rounding, exclusive and inclusive tax. */
  readonly refundedRoundingMinor: number;
  readonly refundedTaxMinor: number;
  readonly refundedInclusiveTaxMinor: number;
  readonly lineRefunds: readonly LineRefund[];
  readonly charges: readonly AccountCharge[];
}

export interface NoOrder {
  readonly status: 'none';
}

export interface OpenOrder extends OrderFacts {
  readonly status: OpenStatus;
}

export interface ClosedOrder extends OrderFacts {
  readonly status: ClosedStatus;
  /** How far it had come, to tell a late report from an impossible one. */
  readonly closedFrom: OpenStatus;
}

export type Order = OpenOrder | ClosedOrder;

/** One order. Plain JSON: it is kept in snapshots. */
export type OrderState = NoOrder | Order;

export const initialOrderState: OrderState = { status: 'none' };

const sum = (amounts: ByTender): number => amounts.cash + amounts.card + amounts.account;

/** All that was paid, tips included. */
export function paidMinor(order: Order): number {
  return sum(order.paid);
}

/** All that was sent back, tips included. */
export function refundedMinor(order: Order): number {
  return sum(order.refunded);
}

/** Paid and not sent back. */
export function netPaidMinor(order: Order): number {
  return paidMinor(order) - refundedMinor(order);
}

/** Not paid yet. A refund lowers what was sold and what was paid alike, so it changes nothing. */
export function dueMinor(order: Order): number {
  return order.totals.totalMinor - paidMinor(order);
}

/** Sold and not sent back, without the tip. */
export function goodsLeftMinor(order: Order): number {
  const { totals, refundedTipMinor } = order;
  return totals.totalMinor - totals.tipMinor - (refundedMinor(order) - refundedTipMinor);
}

/** Reserved by charges to an account that were not answered yet. */
export function pendingMinor(order: Order): number {
  return order.charges
    .filter((charge) => charge.outcome === 'pending')
    .reduce((total, charge) => total + charge.amountMinor, 0);
}

/** What a payment may still take: due and not reserved. */
export function payableMinor(order: Order): number {
  return dueMinor(order) - pendingMinor(order);
}
