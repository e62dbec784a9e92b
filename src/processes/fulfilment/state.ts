import type { ProcessPriority } from '../../domain/kernel/processes/events.ts';
import type { PlannedStep } from '../../domain/kernel/processes/events.ts';
import type { Reaction } from '../../engine/processes/durable/durable-process.ts';

/** A line of the order, whose product may have stock. */
export interface OrderedLine {
  readonly productId: string;
  readonly quantity: string;
}

/** What is needed of one product. */
export interface Need {
  readonly productId: string;
  readonly quantity: number;
}

/** How the order ends when it cannot be fulfilled. */
export type Failure = 'CANCELLED' | 'PAYMENT_FAILED';

export type Phase =
  /** Stock is looked at, then reserved, all or nothing. */
  | 'verifying'
  | 'reserving'
  /** The payment is asked for, and its outcome awaited. */
  | 'charging'
  /** It is paid: stock leaves. */
  | 'confirming'
  /** Everything is put back, then the order is closed. */
  | 'undoing'
  | 'closing'
  | 'done';

/** What the fulfilment of one order remembers. */
export interface FulfilmentState {
  readonly [field: string]: unknown;
  readonly phase: Phase;
  readonly orderId: string;
  readonly needs: readonly Need[];
  readonly amountMinor: number;
  readonly currency: string;
  readonly method: string;
  /** Whose account pays, for `on_account`; else empty. */
  readonly customerId: string;
  readonly priority: ProcessPriority;
  /** What became of the stock: nothing yet, all is held, or all but what was lost has left. */
  readonly stock: 'none' | 'held' | 'gone';
  /** Products whose units could not be had any more when they were to leave. */
  readonly lost: readonly string[];
  /** The payment that was asked for; empty before. */
  readonly paymentId: string;
  /** The provider has the money: so much of it was charged, and so much went back. */
  readonly isTaken: boolean;
  readonly chargedMinor: number;
  readonly refundedMinor: number;
  /** The order has taken it, or what was due of it: only then can it be refunded. */
  readonly isApplied: boolean;
  /** The time for the whole is over. */
  readonly isLate: boolean;
  /** How often the reservations were renewed. */
  readonly renewals: number;
  /** A person cancelled the order while its payment was on its way. */
  readonly isCancelled: boolean;
  /** Steps of putting back that are not done. */
  readonly undoing: readonly string[];
  readonly failure: Failure | '';
  readonly reason: string;
}

export const NO_FULFILMENT: FulfilmentState = {
  phase: 'verifying',
  orderId: '',
  needs: [],
  amountMinor: 0,
  currency: '',
  method: '',
  customerId: '',
  priority: 'medium',
  stock: 'none',
  lost: [],
  paymentId: '',
  isTaken: false,
  chargedMinor: 0,
  refundedMinor: 0,
  isApplied: false,
  renewals: 0,
  isLate: false,
  isCancelled: false,
  undoing: [],
  failure: '',
  reason: '',
};

export type FulfilmentReaction = Reaction<FulfilmentState>;

/** The whole may take so long; then it is put back (O4). */
export const DEADLINE_MS = 600_000;
/** Stock is held for so long, and for so long again while the fulfilment goes on. */
export const RESERVED_SECONDS = 300;
/** Twice within that time, so that one late timer loses nothing. */
export const RENEW_MS = 120_000;

/** The stages that operators and metrics know (O4). */
export const STAGE = {
  started: 'STARTED',
  verified: 'STOCK_VERIFIED',
  reserved: 'STOCK_RESERVED',
  processing: 'PAYMENT_PROCESSING',
  completed: 'PAYMENT_COMPLETED',
  confirmed: 'CONFIRMED',
  undoing: 'COMPENSATING',
  undone: 'COMPENSATED',
} as const;

/** The refund of the payment, as a step and among what is to be put back. */
export const REFUND = 'refund:1';

export function step(
  kind: string,
  suffix: string | number,
  data: PlannedStep['data'] = {},
): PlannedStep {
  return { step: `${kind}:${suffix}`, kind, data };
}

/** The order is charged to the customer's account, and to no provider. */
export function isOnAccount({ method }: FulfilmentState): boolean {
  return method === 'on_account';
}

/** The kind of a step, which stands before the colon of its name. */
export function kindOfStep(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

/** All that was charged has gone back. */
export function isRefunded({ isTaken, chargedMinor, refundedMinor }: FulfilmentState): boolean {
  return isTaken && refundedMinor >= chargedMinor;
}
