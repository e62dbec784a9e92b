/** The words that orders are described with, and the limits of their lists. */

export const ORDER_STATUSES = [
  'PENDING',
  'PROCESSING',
  'PAYMENT_PENDING',
  'PAYMENT_FAILED',
  'CONFIRMED',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
  'REFUNDED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const PRIORITIES = ['high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** `computed` here from captured prices, or `given` by the provider that it came from. */
export const PRICINGS = ['computed', 'given'] as const;
export type Pricing = (typeof PRICINGS)[number];

/**
 * What is rounded to the smallest coin. `payment`: the cash payment that settles the order, as most
 * laws have it. `total`: the total, when the order was placed; orders of version 1, and imported
 * ones, whose provider has rounded them.
 */
export const ROUNDINGS = ['payment', 'total'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** `exclusive` comes on top of the price, `inclusive` is contained in it. */
export const TAX_KINDS = ['exclusive', 'inclusive'] as const;
export type TaxKind = (typeof TAX_KINDS)[number];

export const PROVIDERS = ['square'] as const;

/** What a later version of an imported order can change. */
export const FOLLOWED_PARTS = [
  ...(['lines', 'discounts', 'taxes', 'service_charges', 'totals'] as const),
  ...(['tip', 'payments', 'status'] as const),
] as const;
export type FollowedPart = (typeof FOLLOWED_PARTS)[number];

/** `auto`: stock, payment and confirmation run by themselves, or all of it is put back (O4). */
export const FULFILMENTS = ['auto'] as const;
/** How an order that fulfils itself is paid: through a provider, or by the customer's account. */
export const ONLINE_METHODS = ['credit_card', 'debit_card', 'bank_transfer', 'on_account'] as const;

export const MAX_LINES = 500;
export const MAX_MODIFIERS = 100;
/** Of each kind: discounts, taxes and service charges. */
export const MAX_ADJUSTMENTS = 100;
