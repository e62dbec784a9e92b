import { Type, type Static } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  described,
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

/** `computed`: by the engine from captured prices. `given`: by the provider it came from. */
export const PRICINGS = ['computed', 'given'] as const;
export type Pricing = (typeof PRICINGS)[number];

/** `exclusive` comes on top of the price, `inclusive` is contained in it. */
export const TAX_KINDS = ['exclusive', 'inclusive'] as const;
export type TaxKind = (typeof TAX_KINDS)[number];

export const PROVIDERS = ['square'] as const;

export const MAX_LINES = 500;
export const MAX_MODIFIERS = 100;
/** Of each kind: discounts, taxes, service charges. */
export const MAX_ADJUSTMENTS = 100;

const Text = Type.String({ minLength: 1, maxLength: MAX_NOTE_LENGTH });
const Note = Type.Optional(AnyNote);

/**
 * `quantity` is per unit of the line; `totalMinor` = price × quantity × quantity of the line. A
 * provider's modifier can have quantity 0: it was offered with the line and declined.
 */
const PricedModifier = strict({
  modifierId: Type.Optional(Id),
  name: Name,
  quantity: described(Minor, 'Per unit of the line.'),
  unitPriceMinor: Minor,
  totalMinor: Minor,
});

/**
 * gross = quantity × (unit price + modifiers); total = gross - discount + tax. `inclusiveTaxMinor`
 * is contained in gross - discount. `compMinor` is the part of the discount that was given away by
 * a comp. A void line stays, with quantity `0` and amounts of 0.
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

/** `taxMinor` is the exclusive tax on the charge; `appliedMinor` contains `inclusiveTaxMinor`. */
const AppliedCharge = strict({
  chargeId: Id,
  name: Name,
  percentage: Type.Optional(Percentage),
  amountMinor: Type.Optional(Minor),
  taxable: Type.Boolean(),
  appliedMinor: Minor,
  taxMinor: Minor,
  inclusiveTaxMinor: Type.Optional(Minor),
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

/** Which order, and the day of the event. */
const about = { orderId: Id, businessDay: Day };
/** `placedOn` is the business day of the order itself, which day sums are keyed by. */
const money = { ...about, currency: Currency, placedOn: Day };
/** All that was paid, tips included, and what is still due: paid + due = total. */
const settled = { paidMinor: Minor, dueMinor: Minor };

const accountCharge = { ...money, chargeId: Id, customerId: Id, amountMinor: Positive };

/** Version 2 says the line's name, so that people need not look for it among the lines. */
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

export type PricedModifier = Static<typeof PricedModifier>;
export type PricedLine = Static<typeof PricedLine>;
export type AppliedDiscount = Static<typeof AppliedDiscount>;
export type AppliedTax = Static<typeof AppliedTax>;
export type AppliedCharge = Static<typeof AppliedCharge>;
export type Totals = Static<typeof Totals>;
export type OrderSource = Static<typeof Source>;

/** A void line stays among the lines, so version 1 held its name as well. */
function withNameOfLine(data: Omit<Static<typeof LineVoided>, 'name'>): Static<typeof LineVoided> {
  const line = data.lines.find(({ lineId }) => lineId === data.lineId);
  return { ...data, name: line?.name ?? data.lineId };
}

export const orderEvents = defineEvents({
  OrderPlaced: strict({
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
    ...priced,
  }),
  OrderStatusChanged: strict({
    ...about,
    from: oneOf(ORDER_STATUSES),
    to: oneOf(ORDER_STATUSES),
    reason: Note,
  }),
  /** A status that had passed was reported late or again: history only, nothing changes (S16). */
  StaleStatusReported: strict({
    ...about,
    reported: oneOf(ORDER_STATUSES),
    status: oneOf(ORDER_STATUSES),
    reason: Note,
  }),
  OrderCancelled: strict({
    ...money,
    from: oneOf(ORDER_STATUSES),
    reason: Text,
    totals: Totals,
  }),
  /** Paid: amount + tip. `totals` are those after it: a tip raises them. */
  OrderPaymentRecorded: strict({
    ...money,
    ...settled,
    paymentId: Id,
    method: oneOf(PAYMENT_METHODS),
    amountMinor: Minor,
    tipMinor: Minor,
    /** How much this payment raised the order's total; an imported total holds its tips already. */
    tipAddedMinor: Minor,
    tenderedMinor: Type.Optional(Minor),
    changeMinor: Minor,
    reference: Note,
    customerId: Type.Optional(Id),
    /** When the provider says that it was paid, for imported payments. */
    paidAt: Type.Optional(Instant),
    totals: Totals,
  }),
  AccountChargeRequested: strict({
    ...accountCharge,
    dueDate: Type.Optional(Day),
    note: Note,
  }),
  AccountChargeConfirmed: strict({ ...accountCharge, ...settled, debtId: Id }),
  AccountChargeRejected: strict({ ...accountCharge, code: Name, message: Text }),
  OrderLineVoided: { version: 2, data: LineVoided, upcasters: { 1: withNameOfLine } },
  /** Without `lineId` the whole order. `compMinor` is what this comp gave away, before taxes. */
  OrderComped: strict({
    ...money,
    lineId: Type.Optional(Id),
    reason: Text,
    approvedBy: Name,
    compMinor: Minor,
    previousTotals: Totals,
    ...priced,
  }),
  /**
   * amount + tip = to cash + to card + to account. Where lines are named their amounts sum to the
   * amount. `remainingMinor` is what was paid and has not been sent back.
   */
  OrderRefunded: strict({
    ...money,
    refundId: Id,
    reason: Text,
    lines: Type.Array(
      strict({ lineId: Id, quantity: Type.Optional(Quantity), amountMinor: Minor }),
      {
        maxItems: MAX_LINES,
      },
    ),
    amountMinor: Minor,
    tipMinor: Minor,
    toCashMinor: Minor,
    toCardMinor: Minor,
    toAccountMinor: Minor,
    /** Whose account; always there when something goes to it. */
    customerId: Type.Optional(Id),
    remainingMinor: Minor,
  }),
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

/** The parts of an order as schemas, for documents and answers that show them unchanged. */
export const ORDER_SCHEMAS = {
  line: PricedLine,
  discount: AppliedDiscount,
  tax: AppliedTax,
  serviceCharge: AppliedCharge,
  totals: Totals,
  source: Source,
} as const;
