import type { Command } from '../kernel/decider.ts';
import type { Method } from '../kernel/tender.ts';
import type {
  AppliedCharge,
  AppliedDiscount,
  AppliedTax,
  OrderSource,
  OrderStatus,
  PricedLine,
  Priority,
  TaxKind,
  Totals,
} from './events.ts';

/** What was paid at once. On account is settled by RequestAccountCharge and what follows it. */
export type PaymentMethod = Exclude<Method, 'on_account'>;

export interface ModifierInput {
  readonly modifierId?: string;
  readonly name: string;
  /** Per unit of the line, an integer; 1 when absent. */
  readonly quantity?: number;
  readonly unitPriceMinor: number;
}

export interface LineInput {
  /** Without one the line is called `line-1`, `line-2`, ... by its place. */
  readonly lineId?: string;
  readonly productId?: string;
  readonly name: string;
  readonly variation?: string;
  /** Decimal string above 0, up to 12 characters and 5 decimals. */
  readonly quantity: string;
  /** The price at this moment; the order keeps it. */
  readonly unitPriceMinor: number;
  readonly modifiers?: readonly ModifierInput[];
  readonly note?: string;
}

/** Either a percentage such as `7.5` (0 to 100) or an amount. Without `lineIds`: whole order. */
export interface DiscountInput {
  readonly discountId: string;
  readonly name: string;
  readonly percentage?: string;
  readonly amountMinor?: number;
  readonly lineIds?: readonly string[];
}

export interface TaxInput {
  readonly taxId: string;
  readonly name: string;
  /** 0 to 100, up to 7 decimals. */
  readonly percentage: string;
  readonly kind: TaxKind;
  readonly lineIds?: readonly string[];
}

export interface ServiceChargeInput {
  readonly chargeId: string;
  readonly name: string;
  /** Of gross less discounts, 0 to 1000. */
  readonly percentage?: string;
  readonly amountMinor?: number;
  /** Bears the exclusive taxes that are for the whole order. `false` when absent. */
  readonly taxable?: boolean;
}

/** What an order says beside its prices. */
export interface OrderDescription {
  readonly customerId?: string;
  readonly channel?: string;
  readonly tableId?: string;
  readonly note?: string;
  /** `medium` when absent. */
  readonly priority?: Priority;
}

/** Places the order whose id is the command's entity, priced by the engine. */
export type PlaceOrder = Command<
  'PlaceOrder',
  OrderDescription & {
    readonly currency: string;
    readonly lines: readonly LineInput[];
    readonly discounts?: readonly DiscountInput[];
    readonly taxes?: readonly TaxInput[];
    readonly serviceCharges?: readonly ServiceChargeInput[];
    readonly tipMinor?: number;
    /** Smallest coin, e.g. 5: the total is rounded to a multiple of it. Absent or 0: none. */
    readonly cashRoundingMinor?: number;
  }
>;

export interface ImportedPayment {
  readonly paymentId: string;
  readonly method: PaymentMethod;
  /** Without the tip. The order's totals already contain both. */
  readonly amountMinor: number;
  readonly tipMinor: number;
  readonly tenderedMinor?: number;
  readonly at?: string;
}

/**
 * Takes over an order as its provider priced it. Nothing is computed anew, but it must add up.
 * Without a status: CONFIRMED when nothing is due, else PENDING.
 */
export type ImportOrder = Command<
  'ImportOrder',
  OrderDescription & {
    readonly source: OrderSource;
    readonly currency: string;
    readonly lines: readonly PricedLine[];
    readonly discounts?: readonly AppliedDiscount[];
    readonly taxes?: readonly AppliedTax[];
    readonly serviceCharges?: readonly AppliedCharge[];
    readonly cashRoundingMinor?: number;
    readonly totals: Totals;
    /** RFC 3339. */
    readonly placedAt: string;
    /** The day that the order counts for, `YYYY-MM-DD`. */
    readonly businessDay: string;
    readonly status?: 'CONFIRMED' | 'CANCELLED' | 'PENDING';
    readonly payments: readonly ImportedPayment[];
  }
>;

/** Somebody says how far the order is. What has passed already changes nothing. */
export type ReportStatus = Command<
  'ReportStatus',
  { readonly status: OrderStatus; readonly reason?: string }
>;

export type CancelOrder = Command<'CancelOrder', { readonly reason: string }>;

/** The payment's id is the command's. */
export type RecordPayment = Command<
  'RecordPayment',
  {
    readonly method: PaymentMethod;
    /** Above 0, without the tip; at most what is due. */
    readonly amountMinor: number;
    /** On top of what is due: it raises the order's total and is paid at once. */
    readonly tipMinor?: number;
    /** Cash handed over. */
    readonly tenderedMinor?: number;
    readonly reference?: string;
    readonly currency: string;
  }
>;

/** Reserves part of what is due until the customer's account says yes or no. */
export type RequestAccountCharge = Command<
  'RequestAccountCharge',
  {
    readonly customerId: string;
    readonly amountMinor: number;
    readonly currency: string;
    readonly dueDate?: string;
    readonly note?: string;
  }
>;

/** The account took the charge, as this debt. */
export type ConfirmAccountCharge = Command<
  'ConfirmAccountCharge',
  { readonly chargeId: string; readonly debtId: string }
>;

/** The account refused the charge: what was reserved is due again. */
export type RejectAccountCharge = Command<
  'RejectAccountCharge',
  { readonly chargeId: string; readonly code: string; readonly message: string }
>;

/** Takes a line, or some of it, off an order of which nothing is paid. Without a quantity: all. */
export type VoidLine = Command<
  'VoidLine',
  {
    readonly lineId: string;
    readonly quantity?: string;
    readonly reason: string;
    readonly approvedBy?: string;
  }
>;

/** Gives a line, or the whole order, away. */
export type CompOrder = Command<
  'CompOrder',
  { readonly lineId?: string; readonly reason: string; readonly approvedBy: string }
>;

/** By quantity or by amount; with neither, all that remains of the line. */
export interface RefundLineInput {
  readonly lineId: string;
  readonly quantity?: string;
  readonly amountMinor?: number;
}

/**
 * Sends money back; the refund's id is the command's. Without lines, amount and tip: all that
 * remains. Destinations that are not given are filled by rule: account, then card, then cash.
 */
export type RefundOrder = Command<
  'RefundOrder',
  {
    readonly lines?: readonly RefundLineInput[];
    /** Without lines: of the order as a whole. With lines it must be their sum. Without the tip. */
    readonly amountMinor?: number;
    readonly tipMinor?: number;
    readonly toCashMinor?: number;
    readonly toCardMinor?: number;
    readonly toAccountMinor?: number;
    readonly reason: string;
    readonly currency: string;
  }
>;

export type OrderCommand =
  | PlaceOrder
  | ImportOrder
  | ReportStatus
  | CancelOrder
  | RecordPayment
  | RequestAccountCharge
  | ConfirmAccountCharge
  | RejectAccountCharge
  | VoidLine
  | CompOrder
  | RefundOrder;
