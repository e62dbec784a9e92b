import { Type, type Static } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  Id,
  Instant,
  MAX_MINOR,
  MAX_NOTE_LENGTH,
  Minor,
  Name,
  Note as AnyNote,
  oneOf,
  Percentage,
  Positive,
  Quantity,
  Signed,
  strict,
} from '../kernel/schema.ts';
import { PAYMENT_METHODS } from '../kernel/tender.ts';

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

export const MAX_LINES = 500;
export const MAX_MODIFIERS = 100;
/** Of each kind: discounts, taxes and service charges. */
export const MAX_ADJUSTMENTS = 100;

const Text = Type.String({ minLength: 1, maxLength: MAX_NOTE_LENGTH });
const Note = Type.Optional(AnyNote);

/** `quantity` is per unit of the line; `totalMinor` = price × quantity × quantity of the line. */
const PricedModifier = strict({
  modifierId: Type.Optional(Id),
  name: Name,
  quantity: Positive,
  unitPriceMinor: Minor,
  totalMinor: Minor,
});

/**
 * gross = quantity × (unit price + modifiers); total = gross - discount + tax. `inclusiveTaxMinor`
 * is contained in gross - discount. `compMinor` is the part of the discount that a comp
 * gave. A voided line stays, with quantity `0` and amounts of 0.
 */
const PricedLine = strict({
  lineId: Id,
  productId: Type.Optional(Id),
  name: Name,
  variation: Type.Optional(Name),
  quantity: Quantity,
  unitPriceMinor: Minor,
  modifiers: Type.Array(PricedModifier, { maxItems: MAX_MODIFIERS }),
  note: Note,
  grossMinor: Minor,
  discountMinor: Minor,
  compMinor: Type.Optional(Positive),
  taxMinor: Minor,
  inclusiveTaxMinor: Minor,
  totalMinor: Minor,
  voided: Type.Optional(Type.Literal(true)),
});

/** A percentage or an amount. Without `lineIds` it is for the whole order. */
const AppliedDiscount = strict({
  discountId: Id,
  name: Name,
  percentage: Type.Optional(Percentage),
  amountMinor: Type.Optional(Minor),
  lineIds: Type.Optional(Type.Array(Id, { maxItems: MAX_LINES })),
  appliedMinor: Minor,
});

const AppliedTax = strict({
  taxId: Id,
  name: Name,
  percentage: Percentage,
  kind: oneOf(TAX_KINDS),
  lineIds: Type.Optional(Type.Array(Id, { maxItems: MAX_LINES })),
  appliedMinor: Minor,
});

/** `taxMinor` is the exclusive tax on the charge, beside `appliedMinor`. */
const AppliedCharge = strict({
  chargeId: Id,
  name: Name,
  percentage: Type.Optional(Percentage),
  amountMinor: Type.Optional(Minor),
  taxable: Type.Boolean(),
  appliedMinor: Minor,
  taxMinor: Minor,
});

/**
 * total = gross - discount + service charge + tax + tip + rounding. `taxMinor` is exclusive tax
 * only, that of service charges too; `inclusiveTaxMinor` is contained in the rest.
 */
const Totals = strict({
  grossMinor: Minor,
  discountMinor: Minor,
  serviceChargeMinor: Minor,
  taxMinor: Minor,
  inclusiveTaxMinor: Minor,
  tipMinor: Minor,
  roundingMinor: Signed,
  totalMinor: Minor,
});

const Source = strict({
  provider: oneOf(PROVIDERS),
  id: Id,
  version: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_MINOR })),
});

const priced = {
  lines: Type.Array(PricedLine, { minItems: 1, maxItems: MAX_LINES }),
  discounts: Type.Array(AppliedDiscount, { maxItems: MAX_ADJUSTMENTS }),
  taxes: Type.Array(AppliedTax, { maxItems: MAX_ADJUSTMENTS }),
  serviceCharges: Type.Array(AppliedCharge, { maxItems: MAX_ADJUSTMENTS }),
  totals: Totals,
};

/** The order, and the business day of the event. */
const about = { orderId: Id, businessDay: Day };
/** `placedOn` is the business day of the order itself, which day sums are keyed by. */
const money = { ...about, currency: Currency, placedOn: Day };
/** All that is paid, tips included, and what is still due: paid + due = total. */
const settled = { paidMinor: Minor, dueMinor: Minor };

const accountCharge = { ...money, chargeId: Id, customerId: Id, amountMinor: Positive };

/** Version 2 has the line's name, so that a reader need not look it up among the lines. */
const LineVoided = strict({
  ...money,
  lineId: Id,
  name: Name,
  /** How much of the line was voided. */
  quantity: Quantity,
  reason: Text,
  approvedBy: Type.Optional(Name),
  previousTotals: Totals,
  ...priced,
});

/** Version 2 holds what is rounded to `cashRoundingMinor`; before it was always the total. */
const Placed = strict({
  ...about,
  currency: Currency,
  pricing: oneOf(PRICINGS),
  source: Type.Optional(Source),
  customerId: Type.Optional(Id),
  channel: Type.Optional(Name),
  tableId: Type.Optional(Id),
  note: Note,
  priority: oneOf(PRIORITIES),
  placedAt: Instant,
  cashRoundingMinor: Minor,
  roundingOn: oneOf(ROUNDINGS),
  ...priced,
});

/**
 * Paid: amount + tip. `totals` are those after it: a tip raises them, and rounding to the smallest
 * coin changes them by `roundingAddedMinor`, which version 1 did not know.
 */
const Paid = strict({
  ...money,
  ...settled,
  paymentId: Id,
  method: oneOf(PAYMENT_METHODS),
  amountMinor: Minor,
  tipMinor: Minor,
  /** How much this payment raised the order's total; an imported total holds its tips already. */
  tipAddedMinor: Minor,
  /** How much rounding this cash to the smallest coin changed the order's total. */
  roundingAddedMinor: Signed,
  tenderedMinor: Type.Optional(Minor),
  changeMinor: Minor,
  reference: Note,
  customerId: Type.Optional(Id),
  /** When the provider says that it was paid, for imported payments. */
  paidAt: Type.Optional(Instant),
  totals: Totals,
});

const Unknown = Type.Union([Minor, Type.Null()]);

/**
 * amount + tip = to cash + to card + to account. Where lines are named, amount = the sum of their
 * amounts + rounding. `remainingMinor` is what was paid and has not been refunded. Version 2 holds
 * the taxes and the rounding in the amount; the taxes of a refund of version 1 are not known.
 */
const Refunded = strict({
  ...money,
  refundId: Id,
  reason: Text,
  lines: Type.Array(strict({ lineId: Id, quantity: Type.Optional(Quantity), amountMinor: Minor }), {
    maxItems: MAX_LINES,
  }),
  amountMinor: Minor,
  tipMinor: Minor,
  /** The part of the amount that is cash rounding of the order. */
  roundingMinor: Signed,
  /** The exclusive tax in the amount. */
  taxMinor: Unknown,
  inclusiveTaxMinor: Unknown,
  toCashMinor: Minor,
  toCardMinor: Minor,
  toAccountMinor: Minor,
  /** Whose account; always present when something goes to it. */
  customerId: Type.Optional(Id),
  remainingMinor: Minor,
});

/**
 * Version 2 has the part of the totals that had been paid and refunded before: that stays a sale,
 * which its refund balances. Version 1 did not, and took all of the totals out of the sales.
 */
const Cancelled = strict({
  ...money,
  from: oneOf(ORDER_STATUSES),
  reason: Text,
  totals: Totals,
  refunded: Totals,
});

export type PricedModifier = Static<typeof PricedModifier>;
export type PricedLine = Static<typeof PricedLine>;
export type AppliedDiscount = Static<typeof AppliedDiscount>;
export type AppliedTax = Static<typeof AppliedTax>;
export type AppliedCharge = Static<typeof AppliedCharge>;
export type Totals = Static<typeof Totals>;
export type OrderSource = Static<typeof Source>;

/** A voided line stays among the lines, so its name can be found there. */
function withNameOfLine(data: Omit<Static<typeof LineVoided>, 'name'>): Static<typeof LineVoided> {
  const line = data.lines.find(({ lineId }) => lineId === data.lineId);
  return { ...data, name: line?.name ?? data.lineId };
}

function roundedInTotal(data: Omit<Static<typeof Placed>, 'roundingOn'>): Static<typeof Placed> {
  return { ...data, roundingOn: 'total' };
}

export const NO_TOTALS: Totals = {
  grossMinor: 0,
  discountMinor: 0,
  serviceChargeMinor: 0,
  taxMinor: 0,
  inclusiveTaxMinor: 0,
  tipMinor: 0,
  roundingMinor: 0,
  totalMinor: 0,
};

function withoutRefunded(
  data: Omit<Static<typeof Cancelled>, 'refunded'>,
): Static<typeof Cancelled> {
  return { ...data, refunded: NO_TOTALS };
}

function notRounded(data: Omit<Static<typeof Paid>, 'roundingAddedMinor'>): Static<typeof Paid> {
  return { ...data, roundingAddedMinor: 0 };
}

function withoutTax(
  data: Omit<Static<typeof Refunded>, 'roundingMinor' | 'taxMinor' | 'inclusiveTaxMinor'>,
): Static<typeof Refunded> {
  return { ...data, roundingMinor: 0, taxMinor: null, inclusiveTaxMinor: null };
}

export const orderEvents = defineEvents({
  OrderPlaced: { version: 2, data: Placed, upcasters: { 1: roundedInTotal } },
  OrderStatusChanged: strict({
    ...about,
    from: oneOf(ORDER_STATUSES),
    to: oneOf(ORDER_STATUSES),
    reason: Note,
  }),
  /** A status was reported that the order has reached or passed. Only its history changes (S16). */
  StaleStatusReported: strict({
    ...about,
    reported: oneOf(ORDER_STATUSES),
    status: oneOf(ORDER_STATUSES),
    reason: Note,
  }),
  OrderCancelled: { version: 2, data: Cancelled, upcasters: { 1: withoutRefunded } },
  OrderPaymentRecorded: { version: 2, data: Paid, upcasters: { 1: notRounded } },
  AccountChargeRequested: strict({
    ...accountCharge,
    dueDate: Type.Optional(Day),
    note: Note,
  }),
  AccountChargeConfirmed: strict({ ...accountCharge, ...settled, debtId: Id }),
  AccountChargeRejected: strict({ ...accountCharge, code: Name, message: Text }),
  OrderLineVoided: { version: 2, data: LineVoided, upcasters: { 1: withNameOfLine } },
  /** Without `lineId` the whole order. `compMinor` is what this comp is worth, before taxes. */
  OrderComped: strict({
    ...money,
    lineId: Type.Optional(Id),
    reason: Text,
    approvedBy: Name,
    compMinor: Minor,
    previousTotals: Totals,
    ...priced,
  }),
  OrderRefunded: { version: 2, data: Refunded, upcasters: { 1: withoutTax } },
});

export type OrderEvent = EventOf<typeof orderEvents>;
export type OrderPlaced = EventOf<typeof orderEvents, 'OrderPlaced'>;
export type OrderStatusChanged = EventOf<typeof orderEvents, 'OrderStatusChanged'>;
export type StaleStatusReported = EventOf<typeof orderEvents, 'StaleStatusReported'>;
export type OrderCancelled = EventOf<typeof orderEvents, 'OrderCancelled'>;
export type OrderPaymentRecorded = EventOf<typeof orderEvents, 'OrderPaymentRecorded'>;
export type AccountChargeRequested = EventOf<typeof orderEvents, 'AccountChargeRequested'>;
export type AccountChargeConfirmed = EventOf<typeof orderEvents, 'AccountChargeConfirmed'>;
export type AccountChargeRejected = EventOf<typeof orderEvents, 'AccountChargeRejected'>;
export type OrderLineVoided = EventOf<typeof orderEvents, 'OrderLineVoided'>;
export type OrderComped = EventOf<typeof orderEvents, 'OrderComped'>;
export type OrderRefunded = EventOf<typeof orderEvents, 'OrderRefunded'>;

/** The parts of an order as schemas, for documents and responses that show them unchanged. */
export const ORDER_SCHEMAS = {
  line: PricedLine,
  discount: AppliedDiscount,
  tax: AppliedTax,
  serviceCharge: AppliedCharge,
  totals: Totals,
  source: Source,
} as const;
