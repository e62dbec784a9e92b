import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../kernel/define-events.ts';
import {
  Currency,
  Day,
  described,
  eventData,
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
import {
  FOLLOWED_PARTS,
  MAX_ADJUSTMENTS,
  MAX_LINES,
  MAX_MODIFIERS,
  ONLINE_METHODS,
  ORDER_STATUSES,
  PRICINGS,
  PRIORITIES,
  PROVIDERS,
  ROUNDINGS,
  TAX_KINDS,
} from './vocabulary.ts';

export * from './vocabulary.ts';

const Text = Type.String({ minLength: 1, maxLength: MAX_NOTE_LENGTH });
/** Of one line, without control characters: it is put into messages. */
export const TrackingNumber = Type.String({ pattern: '^[ -~]{1,100}$' });
const Note = Type.Optional(AnyNote);
const Reason = described(Text, 'Why, in words.');
const Customer = described(Id, 'The customer whose account it is.');
const ApprovedBy = described(Name, 'Name of the person who approved it.');
const Drawer = described(Type.Optional(Id), 'The drawer session of the till, where it has one.');

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
  listPriceMinor: Type.Optional(
    described(Minor, 'The price of the catalogue, where the line was sold at another.'),
  ),
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

const Sums = described(
  Totals,
  'The sums: gross, discount, service charge, tax, inclusive tax, tip, rounding, total.',
);
const PreviousSums = described(Totals, 'The sums before.');

const priced = {
  lines: described(
    Type.Array(PricedLine, { minItems: 1, maxItems: MAX_LINES }),
    'Priced lines with their modifiers.',
  ),
  discounts: described(
    Type.Array(AppliedDiscount, { maxItems: MAX_ADJUSTMENTS }),
    'Discounts, each with the amount that it took off.',
  ),
  taxes: described(
    Type.Array(AppliedTax, { maxItems: MAX_ADJUSTMENTS }),
    'Taxes, each with its amount.',
  ),
  serviceCharges: described(
    Type.Array(AppliedCharge, { maxItems: MAX_ADJUSTMENTS }),
    'Service charges with their amounts and tax.',
  ),
  totals: Sums,
};

/** Which order, and the day of the event. */
const about = {
  orderId: described(Id, 'The order.'),
  businessDay: described(Day, "The shop's business day of this event."),
};
/** `placedOn` is the business day of the order itself, which day sums are keyed by. */
const money = {
  ...about,
  currency: described(Currency, 'ISO 4217 code of all amounts.'),
  placedOn: described(Day, 'Business day on which the order was placed.'),
};
/** All that was paid, tips included, and what is still due: paid + due = total. */
const settled = {
  paidMinor: described(Minor, 'Total paid after this event, tips included.'),
  dueMinor: described(Minor, 'Amount still due after this event.'),
};

/** Version 2 of the events of a charge can name the drawer session of the till that took it. */
const accountCharge = {
  ...money,
  chargeId: described(Id, 'The charge to the account.'),
  customerId: Customer,
  amountMinor: described(Positive, 'The part of the order that is charged to the account.'),
};

const ChargeRequested = eventData('Part of the order, now reserved, is to go to an account.', {
  ...accountCharge,
  dueDate: described(Type.Optional(Day), 'When the debt is due.'),
  note: described(Note, 'Free text.'),
  drawerId: Drawer,
});

const ChargeConfirmed = eventData('The account opened a debt: that part of the order is paid.', {
  ...accountCharge,
  ...settled,
  debtId: described(Id, 'The debt.'),
  drawerId: Drawer,
});

/** Version 2 says the line's name, so that people need not look for it among the lines. */
const LineVoided = eventData('A line was removed, wholly or in part. Version 1 had no `name`.', {
  ...money,
  lineId: described(Id, 'The line.'),
  name: described(Name, 'Name of the line; in version 1 it is taken from `lines`.'),
  quantity: described(Quantity, 'How much of the line was removed.'),
  reason: Reason,
  approvedBy: Type.Optional(ApprovedBy),
  previousTotals: PreviousSums,
  ...priced,
});

/** Version 2 holds what is rounded to `cashRoundingMinor`; before it was always the total. */
const Placed = eventData('An order was placed, with its prices and totals at that moment.', {
  ...about,
  currency: described(Currency, 'ISO 4217 code of all amounts.'),
  pricing: oneOf(
    PRICINGS,
    '`computed`: by the engine from captured prices. `given`: by the provider.',
  ),
  source: described(Type.Optional(Source), "An imported order's provider, id and version there."),
  customerId: described(Type.Optional(Id), 'The customer, where known.'),
  channel: described(Type.Optional(Name), 'Where it was placed, such as `counter`.'),
  tableId: described(Type.Optional(Id), 'The table.'),
  note: described(Note, 'Free text.'),
  priority: oneOf(PRIORITIES, 'Priority in the kitchen or at the counter.'),
  placedAt: described(Instant, 'When it was placed, in UTC.'),
  cashRoundingMinor: described(Minor, 'The smallest coin; 0: no rounding.'),
  roundingOn: oneOf(
    ROUNDINGS,
    'What is rounded to the smallest coin; in version 1 always the total.',
  ),
  ...priced,
});

/**
 * Paid: amount + tip. `totals` are those after it: a tip raises them, and rounding to the smallest
 * coin changes them by `roundingAddedMinor`, which version 1 did not know. Version 3 can name the
 * drawer session that took it.
 */
const Paid = eventData('The order received a payment. A tip raises its totals.', {
  ...money,
  ...settled,
  paymentId: described(Id, 'The payment.'),
  method: oneOf(PAYMENT_METHODS, 'How it was paid.'),
  amountMinor: described(Minor, 'The amount paid, without the tip.'),
  tipMinor: described(Minor, 'The tip, in addition to the amount.'),
  tipAddedMinor: described(
    Minor,
    "How much this payment raised the order's total; an imported total contains its tips already.",
  ),
  roundingAddedMinor: described(
    Signed,
    "How much rounding this cash to the smallest coin changed the order's total.",
  ),
  tenderedMinor: described(Type.Optional(Minor), 'Cash handed over.'),
  changeMinor: described(Minor, 'Cash given back.'),
  reference: described(Note, 'Reference of the terminal, the bank or the slip.'),
  customerId: described(Type.Optional(Id), 'The customer whose account is charged: `on_account`.'),
  paidAt: described(
    Type.Optional(Instant),
    'When it was paid according to the provider, for imported payments.',
  ),
  drawerId: Drawer,
  totals: Sums,
});

/** Total and paid change by `tipAddedMinor`, which is negative for a lower tip. */
const TipAdjusted = eventData('The tip of a payment was changed after it was taken.', {
  ...money,
  ...settled,
  adjustmentId: described(Id, 'The adjustment.'),
  paymentId: described(Id, 'The payment.'),
  method: oneOf(PAYMENT_METHODS, 'How it was paid.'),
  previousTipMinor: described(Minor, 'The tip of the payment before.'),
  tipMinor: described(Minor, 'The tip of the payment from now on.'),
  tipAddedMinor: described(
    Signed,
    "How much it changed the order's total: the new tip less the old.",
  ),
  tenderedMinor: described(Type.Optional(Minor), 'Cash handed over, more where the tip needs it.'),
  changeMinor: described(Minor, 'Cash given back of it.'),
  reason: described(Note, 'Why, in words.'),
  customerId: described(Type.Optional(Id), 'The customer, where known.'),
  drawerId: Drawer,
  totals: Sums,
});

/** Version 2 can name the tracking number of what was shipped. */
const StatusChanged = eventData('The order changed to another status.', {
  ...about,
  from: oneOf(ORDER_STATUSES, 'Status before.'),
  to: oneOf(ORDER_STATUSES, 'Status after.'),
  reason: described(Note, 'Why, in words.'),
  trackingNumber: described(Type.Optional(TrackingNumber), 'Of the carrier, when it is shipped.'),
});

const Unknown = Type.Union([Minor, Type.Null()]);

/**
 * amount + tip = to cash + to card + to account. Where lines are named, amount = the sum of their
 * amounts + rounding. `remainingMinor` is what was paid and has not been refunded. Version 2 holds
 * the taxes and the rounding in the amount; the taxes of a refund of version 1 are not known.
 * Version 3 can name the drawer session that paid it.
 */
const Refunded = eventData('The customer was refunded: amount + tip = cash + card + account.', {
  ...money,
  refundId: described(Id, 'The refund.'),
  reason: Reason,
  lines: Type.Array(strict({ lineId: Id, quantity: Type.Optional(Quantity), amountMinor: Minor }), {
    maxItems: MAX_LINES,
    description: 'Lines, quantities and amounts that are refunded; empty for a plain amount.',
  }),
  amountMinor: described(Minor, 'The amount refunded, without the tip.'),
  tipMinor: described(Minor, 'How much of the tip goes back, in addition to the amount.'),
  roundingMinor: described(Signed, 'The part of the amount that is cash rounding of the order.'),
  taxMinor: described(Unknown, 'The exclusive tax in the amount; `null` in version 1.'),
  inclusiveTaxMinor: described(Unknown, 'The inclusive tax in the amount; `null` in version 1.'),
  toCashMinor: described(Minor, 'The part that went back as cash.'),
  toCardMinor: described(Minor, 'The part that went back through a provider or bank.'),
  toAccountMinor: described(Minor, 'The part that went to the account.'),
  customerId: described(
    Type.Optional(Id),
    'The customer whose account takes a part; always there when one does.',
  ),
  remainingMinor: described(Minor, 'What was paid and has not been refunded.'),
  drawerId: Drawer,
});

/**
 * Version 2 has the part of the totals that had been paid and refunded before: that stays a sale,
 * which its refund balances. Version 1 did not, and took all of the totals out of the sales.
 */
const Cancelled = eventData('The order was cancelled with nothing paid that was not refunded.', {
  ...money,
  from: oneOf(ORDER_STATUSES, 'Status before.'),
  reason: Reason,
  totals: Sums,
  refunded: described(Totals, 'The totals that had been paid and refunded before; they stay sold.'),
});

/** Tips, payments and the status have events of their own beside it, in the same decision. */
const ChangedAtProvider = eventData('An imported order has a later version at its provider.', {
  ...money,
  source: described(Source, 'Its provider, id and version there from now on.'),
  previousVersion: described(
    Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_MINOR })),
    'The version before, where it had one.',
  ),
  changed: Type.Array(oneOf(FOLLOWED_PARTS), {
    maxItems: FOLLOWED_PARTS.length,
    description: 'What differs from the version before; empty: nothing that is kept here.',
  }),
  previousTotals: PreviousSums,
  ...priced,
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

/** The version only added an optional field, which older events lack. */
function unchanged<Data>(data: Data): Data {
  return data;
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
  OrderStatusChanged: { version: 2, data: StatusChanged, upcasters: { 1: unchanged } },
  /** A status that had passed was reported late or again: history only, nothing changes (S16). */
  StaleStatusReported: eventData('A status already reached or passed was reported: history only.', {
    ...about,
    reported: oneOf(ORDER_STATUSES, 'The status that was reported.'),
    status: oneOf(ORDER_STATUSES, 'The status that the order keeps.'),
    reason: described(Note, 'Why, in words.'),
  }),
  OrderCancelled: { version: 2, data: Cancelled, upcasters: { 1: withoutRefunded } },
  OrderPaymentRecorded: { version: 3, data: Paid, upcasters: { 1: notRounded, 2: unchanged } },
  OrderTipAdjusted: TipAdjusted,
  AccountChargeRequested: { version: 2, data: ChargeRequested, upcasters: { 1: unchanged } },
  AccountChargeConfirmed: { version: 2, data: ChargeConfirmed, upcasters: { 1: unchanged } },
  AccountChargeRejected: eventData('The account rejected the charge: that part is due again.', {
    ...accountCharge,
    code: described(Name, 'Why not, as an error code.'),
    message: described(Text, 'Why not, in words.'),
  }),
  OrderLineVoided: { version: 2, data: LineVoided, upcasters: { 1: withNameOfLine } },
  /** Without `lineId` the whole order. `compMinor` is what this comp gave away, before taxes. */
  OrderComped: eventData('A line or the whole order was given free of charge.', {
    ...money,
    lineId: described(Type.Optional(Id), 'The line; absent: the whole order.'),
    reason: Reason,
    approvedBy: ApprovedBy,
    compMinor: described(Minor, 'The amount given away, before taxes.'),
    previousTotals: PreviousSums,
    ...priced,
  }),
  OrderChangedAtProvider: ChangedAtProvider,
  FulfilmentRequested: eventData('The order is to be fulfilled by itself: stock, then payment.', {
    ...about,
    currency: described(Currency, 'ISO 4217 code of the amount.'),
    lines: described(
      Type.Array(strict({ productId: Id, quantity: Quantity }), { maxItems: MAX_LINES }),
      'Products of the catalogue, and how much of each.',
    ),
    amountMinor: described(Positive, 'What is to be paid.'),
    method: oneOf(ONLINE_METHODS, 'How it is paid.'),
    customerId: described(Type.Optional(Id), 'The customer whose account pays: `on_account`.'),
    priority: oneOf(PRIORITIES, 'Which orders go first when many wait.'),
  }),
  OrderRefunded: { version: 3, data: Refunded, upcasters: { 1: withoutTax, 2: unchanged } },
});

export type OrderEvent = EventOf<typeof orderEvents>;
export type OrderPlaced = EventOf<typeof orderEvents, 'OrderPlaced'>;
export type OrderStatusChanged = EventOf<typeof orderEvents, 'OrderStatusChanged'>;
export type StaleStatusReported = EventOf<typeof orderEvents, 'StaleStatusReported'>;
export type OrderCancelled = EventOf<typeof orderEvents, 'OrderCancelled'>;
export type OrderPaymentRecorded = EventOf<typeof orderEvents, 'OrderPaymentRecorded'>;
export type OrderTipAdjusted = EventOf<typeof orderEvents, 'OrderTipAdjusted'>;
export type AccountChargeRequested = EventOf<typeof orderEvents, 'AccountChargeRequested'>;
export type AccountChargeConfirmed = EventOf<typeof orderEvents, 'AccountChargeConfirmed'>;
export type AccountChargeRejected = EventOf<typeof orderEvents, 'AccountChargeRejected'>;
export type OrderLineVoided = EventOf<typeof orderEvents, 'OrderLineVoided'>;
export type OrderComped = EventOf<typeof orderEvents, 'OrderComped'>;
export type OrderRefunded = EventOf<typeof orderEvents, 'OrderRefunded'>;
export type OrderChangedAtProvider = EventOf<typeof orderEvents, 'OrderChangedAtProvider'>;
export type FulfilmentRequested = EventOf<typeof orderEvents, 'FulfilmentRequested'>;

/** The parts of an order as schemas, for documents and responses that show them unchanged. */
export const ORDER_SCHEMAS = {
  line: PricedLine,
  discount: AppliedDiscount,
  tax: AppliedTax,
  serviceCharge: AppliedCharge,
  totals: Totals,
  source: Source,
} as const;
