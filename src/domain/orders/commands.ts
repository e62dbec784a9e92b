import { type Static, Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import {
  Currency,
  Day,
  described,
  Id,
  Instant,
  Minor,
  Name,
  Note,
  oneOf,
  optional,
  Percentage,
  Positive,
  Quantity,
  strict,
  Text,
} from '../kernel/schema.ts';
import { type Method, PAYMENT_METHODS } from '../kernel/tender.ts';
import {
  FULFILMENTS,
  MAX_ADJUSTMENTS,
  MAX_LINES,
  MAX_MODIFIERS,
  ONLINE_METHODS,
  ORDER_SCHEMAS,
  ORDER_STATUSES,
  PRIORITIES,
  TAX_KINDS,
  TrackingNumber,
} from './events.ts';

/** Methods that pay at once. A charge to an account is requested by RequestAccountCharge. */
export type PaymentMethod = Exclude<Method, 'on_account'>;
const PAID_AT_ONCE = PAYMENT_METHODS.filter(
  (method): method is PaymentMethod => method !== 'on_account',
);
const PaymentMethods = oneOf(PAID_AT_ONCE);

const ModifierInput = strict({
  modifierId: optional(described(Id, 'An option of the product.')),
  name: optional(described(Name, 'Needed without an option of a product, whose name is taken.')),
  quantity: optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Per unit of the line; 1.' }),
  ),
  unitPriceMinor: optional(
    described(Minor, 'Needed without an option of a product. Otherwise that of the catalogue.'),
  ),
});

/** A line without an id gets `line-1`, `line-2`, ... by its place. The order keeps its price. */
const LineInput = strict({
  lineId: optional(Id),
  productId: optional(
    described(Id, 'A product of the catalogue, whose name and price the order takes.'),
  ),
  name: optional(described(Name, 'Needed without a product. With one, its name is taken.')),
  variation: optional(Name),
  quantity: Quantity,
  unitPriceMinor: optional(
    described(
      Minor,
      'Needed without a product. With one it must be its price in the branch, unless the caller may sell at others.',
    ),
  ),
  modifiers: optional(Type.Array(ModifierInput, { maxItems: MAX_MODIFIERS })),
  note: optional(Note),
});

const LineIds = optional(
  Type.Array(Id, {
    minItems: 1,
    maxItems: MAX_LINES,
    description: 'Lines that it is for; the whole order when absent.',
  }),
);

/** Either a percentage such as `7.5` (0 to 100) or an amount. */
const DiscountInput = strict({
  discountId: Id,
  name: Name,
  percentage: optional(Percentage),
  amountMinor: optional(Minor),
  lineIds: LineIds,
});

const TaxInput = strict({
  taxId: Id,
  name: Name,
  percentage: Percentage,
  kind: oneOf(TAX_KINDS),
  lineIds: LineIds,
});

/** A percentage (0 to 1000) of gross less discounts, or an amount. */
const ServiceChargeInput = strict({
  chargeId: Id,
  name: Name,
  percentage: optional(Percentage),
  amountMinor: optional(Minor),
  taxable: optional(
    Type.Boolean({ description: 'Bears the exclusive taxes of the whole order; false.' }),
  ),
});

const adjustments = <S extends Parameters<typeof Type.Array>[0]>(item: S) =>
  optional(Type.Array(item, { maxItems: MAX_ADJUSTMENTS }));

/** What describes an order beside its prices. */
const description = {
  customerId: optional(Id),
  channel: optional(Name),
  tableId: optional(Id),
  note: optional(Note),
  priority: optional(oneOf(PRIORITIES)),
};

const cashRoundingMinor = optional(
  Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Smallest coin, to which cash that settles the order is rounded; 0: none.',
  }),
);

/** The order's totals already contain its amount and tip. */
const ImportedPayment = strict({
  paymentId: Id,
  method: PaymentMethods,
  amountMinor: Minor,
  tipMinor: Minor,
  tenderedMinor: optional(Minor),
  at: optional(Instant),
});

/** An order as its provider has it. */
const imported = {
  source: ORDER_SCHEMAS.source,
  currency: Currency,
  lines: Type.Array(ORDER_SCHEMAS.line, { maxItems: MAX_LINES }),
  discounts: adjustments(ORDER_SCHEMAS.discount),
  taxes: adjustments(ORDER_SCHEMAS.tax),
  serviceCharges: adjustments(ORDER_SCHEMAS.serviceCharge),
  cashRoundingMinor,
  totals: ORDER_SCHEMAS.totals,
  placedAt: Instant,
  businessDay: Day,
  status: optional(oneOf(['CONFIRMED', 'CANCELLED', 'PENDING'])),
  payments: Type.Array(ImportedPayment),
  ...description,
};

/** By quantity or by amount; with neither, all that remains of the line. */
const RefundLineInput = strict({
  lineId: Id,
  quantity: optional(Quantity),
  amountMinor: optional(Positive),
});

const Drawer = optional(described(Id, 'The drawer session of the till, whose cash it moves.'));

export const orderCommands = defineCommands({
  /** Places the order whose id is the command's entity, priced by the engine. */
  PlaceOrder: strict(
    {
      currency: Currency,
      lines: Type.Array(LineInput, { minItems: 1, maxItems: MAX_LINES }),
      discounts: adjustments(DiscountInput),
      taxes: adjustments(TaxInput),
      serviceCharges: adjustments(ServiceChargeInput),
      tipMinor: optional(Minor),
      cashRoundingMinor,
      fulfilment: optional(
        oneOf(FULFILMENTS, '`auto`: reserve stock, charge and confirm, or put all of it back.'),
      ),
      paymentMethod: optional(
        oneOf(
          ONLINE_METHODS,
          'With `fulfilment`: how it is paid; `credit_card`. `on_account` needs a `customerId`.',
        ),
      ),
      ...description,
    },
    { $id: 'PlaceOrder' },
  ),
  /**
   * Imports an order as its provider priced it. Nothing is computed again, but it must add up.
   * Without a status: CONFIRMED when nothing is due, else PENDING.
   */
  ImportOrder: strict(imported),
  /** Follows a later version of an imported order; nothing for one that is not later. */
  FollowProvider: strict(imported),
  /** Reports a status. One that the order has reached or passed changes only its history. */
  ReportStatus: strict({
    status: oneOf(ORDER_STATUSES),
    reason: optional(Note),
    trackingNumber: optional(described(TrackingNumber, 'Of the carrier, with `SHIPPED` only.')),
  }),
  CancelOrder: strict({ reason: Text }),
  /** The payment's id is `<order>:<command>`. */
  RecordPayment: strict({
    method: PaymentMethods,
    amountMinor: described(
      Positive,
      'Without the tip; at most what is due, before or after rounding cash to the smallest coin.',
    ),
    tipMinor: optional(
      described(Minor, 'On top of what is due: it raises the total and is paid at once.'),
    ),
    tenderedMinor: optional(described(Minor, 'Cash handed over; the response holds the change.')),
    reference: optional(Text),
    drawerId: Drawer,
    currency: Currency,
  }),
  /** Changes the tip of a payment that was taken at once. */
  AdjustTip: strict({
    paymentId: described(Id, 'The payment of this order.'),
    tipMinor: described(Minor, 'The whole tip of that payment from now on; 0 for none.'),
    currency: Currency,
    reason: optional(described(Text, 'Why; required for a lower tip.')),
    drawerId: optional(
      described(Id, 'The drawer session whose cash it moves; that of the payment when absent.'),
    ),
  }),
  /** Money was taken already, by a provider or an offline till: the order takes what is due. */
  ApplyPayment: strict({
    paymentId: Id,
    method: PaymentMethods,
    amountMinor: described(Positive, 'Without the tip; at most what is due of it is taken.'),
    tipMinor: Minor,
    reference: optional(Text),
    drawerId: Drawer,
    currency: Currency,
  }),
  /** Reserves part of what is due until the customer's account accepts or rejects it. */
  RequestAccountCharge: strict({
    customerId: described(Id, 'Whose account is charged.'),
    amountMinor: Positive,
    currency: Currency,
    dueDate: optional(described(Day, 'Of the debt.')),
    note: optional(described(Text, 'Of the debt.')),
    drawerId: Drawer,
  }),
  /** The account accepted the charge, as this debt. */
  ConfirmAccountCharge: strict({ chargeId: Id, debtId: Id }),
  /** The account rejected the charge: the reserved amount is due again. */
  RejectAccountCharge: strict({ chargeId: Id, code: Name, message: Note }),
  /** Removes a line, or some of it, from an order without payments. Without a quantity: all. */
  VoidLine: strict({
    lineId: Id,
    quantity: optional(Quantity),
    reason: Text,
    approvedBy: optional(Name),
  }),
  /** Makes a line, or the whole order, free of charge. */
  CompOrder: strict({ lineId: optional(Id), reason: Text, approvedBy: Name }),
  /**
   * Refunds money; the refund's id is `<order>:<command>`. Without lines, amount and tip: all that
   * remains. Destinations that are absent are filled by rule: account, then card, then cash.
   */
  RefundOrder: strict({
    lines: optional(Type.Array(RefundLineInput, { minItems: 1, maxItems: MAX_LINES })),
    amountMinor: optional(
      described(Minor, 'Without the tip. With lines it must be their sum and rounding.'),
    ),
    tipMinor: optional(Minor),
    toCashMinor: optional(Minor),
    toCardMinor: optional(Minor),
    toAccountMinor: optional(Minor),
    reason: Text,
    drawerId: Drawer,
    currency: Currency,
  }),
});

export type ModifierInput = Static<typeof ModifierInput>;
export type LineInput = Static<typeof LineInput>;
export type DiscountInput = Static<typeof DiscountInput>;
export type TaxInput = Static<typeof TaxInput>;
export type ServiceChargeInput = Static<typeof ServiceChargeInput>;
export type ImportedPayment = Static<typeof ImportedPayment>;
export type RefundLineInput = Static<typeof RefundLineInput>;

export type OrderCommand = CommandOf<typeof orderCommands>;
export type PlaceOrder = CommandOf<typeof orderCommands, 'PlaceOrder'>;
export type ImportOrder = CommandOf<typeof orderCommands, 'ImportOrder'>;
export type FollowProvider = CommandOf<typeof orderCommands, 'FollowProvider'>;
export type ReportStatus = CommandOf<typeof orderCommands, 'ReportStatus'>;
export type CancelOrder = CommandOf<typeof orderCommands, 'CancelOrder'>;
export type RecordPayment = CommandOf<typeof orderCommands, 'RecordPayment'>;
export type AdjustTip = CommandOf<typeof orderCommands, 'AdjustTip'>;
export type ApplyPayment = CommandOf<typeof orderCommands, 'ApplyPayment'>;
export type RequestAccountCharge = CommandOf<typeof orderCommands, 'RequestAccountCharge'>;
export type ConfirmAccountCharge = CommandOf<typeof orderCommands, 'ConfirmAccountCharge'>;
export type RejectAccountCharge = CommandOf<typeof orderCommands, 'RejectAccountCharge'>;
export type VoidLine = CommandOf<typeof orderCommands, 'VoidLine'>;
export type CompOrder = CommandOf<typeof orderCommands, 'CompOrder'>;
export type RefundOrder = CommandOf<typeof orderCommands, 'RefundOrder'>;
/** What describes an order beside its prices. */
export type OrderDescription = Pick<
  PlaceOrder['data'],
  'customerId' | 'channel' | 'tableId' | 'note' | 'priority'
>;
