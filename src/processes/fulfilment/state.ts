import type { ProcessPriority } from '../../domain/kernel/processes/events.ts';
import type { PlannedStep } from '../../domain/kernel/processes/events.ts';
import type { Reaction } from '../../engine/processes/durable/durable-process.ts';

/** A line of the order, whose product may have stock. */
export interface OrderedLine {
  readonly productId: string;
  readonly quantity: string;
}

/** What is needed of one product. Steps name it by its place in the list. */
export interface Need {
  readonly productId: string;
  readonly quantity: number;
}

/** How the order ends when it cannot be fulfilled. */
export type Failure = 'CANCELLED' | 'PAYMENT_FAILED';

export type Phase =
  /** Stock is looked at, then reserved line by line. */
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
  readonly priority: ProcessPriority;
  /** Needs whose stock is held, was refused, has left, or was lost after it was held. */
  readonly reserved: readonly string[];
  readonly confirmed: readonly string[];
  readonly refused: readonly string[];
  readonly lost: readonly string[];
  /** The payment that was asked for; empty before. */
  readonly paymentId: string;
  /** The provider has the money. */
  readonly isTaken: boolean;
  /** The order has taken it, or what was due of it: only then can it be refunded. */
  readonly isApplied: boolean;
  readonly isRefunded: boolean;
  /** The time for the whole is over. */
  readonly isLate: boolean;
  /** How often the reservations were renewed; absent: never. */
  readonly renewals?: number;
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
  priority: 'medium',
  reserved: [],
  confirmed: [],
  refused: [],
  lost: [],
  paymentId: '',
  isTaken: false,
  isApplied: false,
  isRefunded: false,
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

/** The kind of a step, and what follows the colon. */
export function partsOfStep(name: string): { readonly kind: string; readonly suffix: string } {
  const colon = name.indexOf(':');
  return { kind: name.slice(0, colon), suffix: name.slice(colon + 1) };
}
