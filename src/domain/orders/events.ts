import { Type, type Static, type TProperties } from '@sinclair/typebox';

import type { EventType } from '../kernel/event-types.ts';
import type { DomainEvent } from '../kernel/event.ts';
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
export const MAX_ID_LENGTH = 200;
export const MAX_NAME_LENGTH = 512;
export const MAX_TEXT_LENGTH = 2_000;

const MAX = Number.MAX_SAFE_INTEGER;
const Id = Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH });
const Name = Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH });
const Text = Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH });
const Note = Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH }));
const Currency = Type.String({ pattern: '^[A-Z]{3}$' });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const Instant = Type.String({ minLength: 20, maxLength: 40 });
const Quantity = Type.String({ pattern: '^\\d+(\\.\\d{1,5})?$', maxLength: 12 });
const Percentage = Type.String({ pattern: '^\\d{1,4}(\\.\\d{1,7})?$' });
const Minor = Type.Integer({ minimum: 0, maximum: MAX });
const Positive = Type.Integer({ minimum: 1, maximum: MAX });
const Signed = Type.Integer({ minimum: -MAX, maximum: MAX });
const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))));
const closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** `quantity` is per unit of the line; `totalMinor` = price × quantity × quantity of the line. */
const PricedModifier = closed({
  modifierId: Type.Optional(Id),
  name: Name,
  quantity: Positive,
  unitPriceMinor: Minor,
  totalMinor: Minor,
});

/**
 * gross = quantity × (unit price + modifiers); total = gross - discount + tax. `inclusiveTaxMinor`
 * is contained in gross - discount. `compMinor` is the part of the discount that was given away by
 * a comp. A void line stays, with quantity `0` and amounts of 0.
 */
const PricedLine = closed({
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
const AppliedDiscount = closed({
  discountId: Id,
  name: Name,
  percentage: Type.Optional(Percentage),
  amountMinor: Type.Optional(Minor),
  lineIds: Type.Optional(Type.Array(Id, { maxItems: MAX_LINES })),
  appliedMinor: Minor,
});

const AppliedTax = closed({
  taxId: Id,
  name: Name,
  percentage: Percentage,
  kind: oneOf(TAX_KINDS),
  lineIds: Type.Optional(Type.Array(Id, { maxItems: MAX_LINES })),
  appliedMinor: Minor,
});

/** `taxMinor` is the exclusive tax on the charge, beside `appliedMinor`. */
const AppliedCharge = closed({
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
const Totals = closed({
  grossMinor: Minor,
  discountMinor: Minor,
  serviceChargeMinor: Minor,
  taxMinor: Minor,
  inclusiveTaxMinor: Minor,
  tipMinor: Minor,
  roundingMinor: Signed,
  totalMinor: Minor,
});

const Source = closed({
  provider: oneOf(PROVIDERS),
  id: Id,
  version: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX })),
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

const OrderPlacedData = closed({
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
});

const OrderStatusChangedData = closed({
  ...about,
  from: oneOf(ORDER_STATUSES),
  to: oneOf(ORDER_STATUSES),
  reason: Note,
});

/** A status that had passed was reported late or again: history only, nothing changes (S16). */
const StaleStatusReportedData = closed({
  ...about,
  reported: oneOf(ORDER_STATUSES),
  status: oneOf(ORDER_STATUSES),
  reason: Note,
});

const OrderCancelledData = closed({
  ...money,
  from: oneOf(ORDER_STATUSES),
  reason: Text,
  totals: Totals,
});

/** Paid: amount + tip. `totals` are those after it: a tip raises them. */
const OrderPaymentRecordedData = closed({
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
});

const accountCharge = { ...money, chargeId: Id, customerId: Id, amountMinor: Positive };

const AccountChargeRequestedData = closed({
  ...accountCharge,
  dueDate: Type.Optional(Day),
  note: Note,
});

const AccountChargeConfirmedData = closed({ ...accountCharge, ...settled, debtId: Id });

const AccountChargeRejectedData = closed({ ...accountCharge, code: Name, message: Text });

/** Version 2 says the line's name, so that people need not look for it among the lines. */
const OrderLineVoidedData = closed({
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

/** Without `lineId` the whole order. `compMinor` is what this comp gave away, before taxes. */
const OrderCompedData = closed({
  ...money,
  lineId: Type.Optional(Id),
  reason: Text,
  approvedBy: Name,
  compMinor: Minor,
  previousTotals: Totals,
  ...priced,
});

/**
 * amount + tip = to cash + to card + to account. Where lines are named their amounts sum to the
 * amount. `remainingMinor` is what was paid and has not been sent back.
 */
const OrderRefundedData = closed({
  ...money,
  refundId: Id,
  reason: Text,
  lines: Type.Array(closed({ lineId: Id, quantity: Type.Optional(Quantity), amountMinor: Minor }), {
    maxItems: MAX_LINES,
  }),
  amountMinor: Minor,
  tipMinor: Minor,
  toCashMinor: Minor,
  toCardMinor: Minor,
  toAccountMinor: Minor,
  /** Whose account; always there when something goes to it. */
  customerId: Type.Optional(Id),
  remainingMinor: Minor,
});

export type PricedModifier = Static<typeof PricedModifier>;
export type PricedLine = Static<typeof PricedLine>;
export type AppliedDiscount = Static<typeof AppliedDiscount>;
export type AppliedTax = Static<typeof AppliedTax>;
export type AppliedCharge = Static<typeof AppliedCharge>;
export type Totals = Static<typeof Totals>;
export type OrderSource = Static<typeof Source>;

export type OrderPlaced = DomainEvent<'OrderPlaced', Static<typeof OrderPlacedData>>;
export type OrderStatusChanged = DomainEvent<
  'OrderStatusChanged',
  Static<typeof OrderStatusChangedData>
>;
export type StaleStatusReported = DomainEvent<
  'StaleStatusReported',
  Static<typeof StaleStatusReportedData>
>;
export type OrderCancelled = DomainEvent<'OrderCancelled', Static<typeof OrderCancelledData>>;
export type OrderPaymentRecorded = DomainEvent<
  'OrderPaymentRecorded',
  Static<typeof OrderPaymentRecordedData>
>;
export type AccountChargeRequested = DomainEvent<
  'AccountChargeRequested',
  Static<typeof AccountChargeRequestedData>
>;
export type AccountChargeConfirmed = DomainEvent<
  'AccountChargeConfirmed',
  Static<typeof AccountChargeConfirmedData>
>;
export type AccountChargeRejected = DomainEvent<
  'AccountChargeRejected',
  Static<typeof AccountChargeRejectedData>
>;
export type OrderLineVoided = DomainEvent<'OrderLineVoided', Static<typeof OrderLineVoidedData>>;
export type OrderComped = DomainEvent<'OrderComped', Static<typeof OrderCompedData>>;
export type OrderRefunded = DomainEvent<'OrderRefunded', Static<typeof OrderRefundedData>>;

export type OrderEvent =
  | OrderPlaced
  | OrderStatusChanged
  | StaleStatusReported
  | OrderCancelled
  | OrderPaymentRecorded
  | AccountChargeRequested
  | AccountChargeConfirmed
  | AccountChargeRejected
  | OrderLineVoided
  | OrderComped
  | OrderRefunded;

/** A void line stays among the lines, so that version 1 held the name as well. */
function withNameOfLine(data: Omit<OrderLineVoided['data'], 'name'>): OrderLineVoided['data'] {
  const line = data.lines.find(({ lineId }) => lineId === data.lineId);
  return { ...data, name: line?.name ?? data.lineId };
}

export const ORDER_EVENT_TYPES: readonly EventType[] = [
  { type: 'OrderPlaced', version: 1, schema: OrderPlacedData },
  { type: 'OrderStatusChanged', version: 1, schema: OrderStatusChangedData },
  { type: 'StaleStatusReported', version: 1, schema: StaleStatusReportedData },
  { type: 'OrderCancelled', version: 1, schema: OrderCancelledData },
  { type: 'OrderPaymentRecorded', version: 1, schema: OrderPaymentRecordedData },
  { type: 'AccountChargeRequested', version: 1, schema: AccountChargeRequestedData },
  { type: 'AccountChargeConfirmed', version: 1, schema: AccountChargeConfirmedData },
  { type: 'AccountChargeRejected', version: 1, schema: AccountChargeRejectedData },
  {
    type: 'OrderLineVoided',
    version: 2,
    schema: OrderLineVoidedData,
    upcasters: { 1: withNameOfLine },
  },
  { type: 'OrderComped', version: 1, schema: OrderCompedData },
  { type: 'OrderRefunded', version: 1, schema: OrderRefundedData },
];

/** The parts of an order as schemas, for documents and answers that show them unchanged. */
export const ORDER_SCHEMAS = {
  line: PricedLine,
  discount: AppliedDiscount,
  tax: AppliedTax,
  serviceCharge: AppliedCharge,
  totals: Totals,
  source: Source,
} as const;
