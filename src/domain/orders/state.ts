import type { Method, TenderGroup } from '../kernel/tender.ts';
import type {
  AppliedCharge,
  AppliedDiscount,
  AppliedTax,
  OrderSource,
  OrderStatus,
  PricedLine,
  Pricing,
  Rounding,
  Totals,
} from './events.ts';

export type ClosedStatus = 'CANCELLED' | 'REFUNDED';
export type OpenStatus = Exclude<OrderStatus, ClosedStatus>;

/** A request to charge part of the order to a customer's account, and its outcome. */
export interface AccountCharge {
  readonly chargeId: string;
  readonly customerId: string;
  readonly amountMinor: number;
  readonly outcome: 'pending' | 'confirmed' | 'rejected';
  /** The drawer session of the till that took it. */
  readonly drawerId?: string;
}

/** A payment that was taken at once, with its tip as it is now. */
export interface OrderPayment {
  readonly paymentId: string;
  readonly method: Method;
  readonly amountMinor: number;
  readonly tipMinor: number;
  readonly tenderedMinor?: number;
  readonly drawerId?: string;
}

/**
 * What was refunded of a line. `quantity` is a decimal string, `0` when refunded by amount only.
 */
export interface LineRefund {
  readonly lineId: string;
  readonly quantity: string;
  readonly amountMinor: number;
}

/** Minor units by tender, tips included. */
export type ByTender = Readonly<Record<TenderGroup, number>>;

/** The prices of an order and all that they were computed from, to price it again. */
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
  /** Where an imported order came from. */
  readonly source?: OrderSource;
  /** The version with which it was imported; `source` has the newest. */
  readonly importedVersion?: number;
  readonly customerId?: string;
  /** Business day on which it was placed. */
  readonly placedOn: string;
  readonly cashRoundingMinor: number;
  readonly roundingOn: Rounding;
  /** Comped lines, and whether the whole order was comped. */
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
  readonly payments: readonly OrderPayment[];
}

export interface NoOrder {
  readonly status: 'none';
}

export interface OpenOrder extends OrderFacts {
  readonly status: OpenStatus;
}

export interface ClosedOrder extends OrderFacts {
  readonly status: ClosedStatus;
  /** The status before it was closed, to distinguish a late report from an impossible one. */
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

/** All that was refunded, tips included. */
export function refundedMinor(order: Order): number {
  return sum(order.refunded);
}

/** Paid and not refunded. */
export function netPaidMinor(order: Order): number {
  return paidMinor(order) - refundedMinor(order);
}

/**
 * Not paid yet. A refund lowers what was sold and what was paid alike, so it does not change this.
 */
export function dueMinor(order: Order): number {
  return order.totals.totalMinor - paidMinor(order);
}

/**
 * Sold and not refunded, without the tip. Cash that is rounded down on an order of little more than
 * a tip takes the difference from the tip, so nothing is left of the goods then.
 */
export function goodsLeftMinor(order: Order): number {
  const { totals, refundedTipMinor } = order;
  const leftMinor = totals.totalMinor - totals.tipMinor - (refundedMinor(order) - refundedTipMinor);
  return Math.max(0, leftMinor);
}

/** Reserved by charges that the account has not accepted or rejected yet. */
export function pendingMinor(order: Order): number {
  return order.charges
    .filter((charge) => charge.outcome === 'pending')
    .reduce((total, charge) => total + charge.amountMinor, 0);
}

/** The most that a payment can take: due and not reserved. */
export function payableMinor(order: Order): number {
  return dueMinor(order) - pendingMinor(order);
}
