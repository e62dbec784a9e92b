import { shortHash } from '../kernel/fingerprint.ts';

/** How often, how long and after which pauses a delivery is attempted. */
export interface DeliveryPolicy {
  /** Attempts after which it is parked. */
  readonly maxAttempts: number;
  /** Attempts that fail because the credentials are refused, after which it is parked. */
  readonly maxAuthAttempts: number;
  /** The pause after the first failed attempt; it doubles with each further one. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** An attempt without a result after this counts as lost, and another one may begin. */
  readonly staleAfterMs: number;
  /** Unsent after this, it is parked. */
  readonly expiresAfterMs: number;
}

/** The longest pause that a receiver can ask for. */
export const MAX_RETRY_AFTER_MS = 86_400_000;

/** The kinds of outgoing work, each with its policy. */
export const DELIVERY_POLICIES = {
  'notification-sending': {
    maxAttempts: 10,
    maxAuthAttempts: 2,
    initialDelayMs: 10_000,
    maxDelayMs: 3_600_000,
    staleAfterMs: 1_800_000,
    expiresAfterMs: 7 * 86_400_000,
  },
  /** Records are sent in their order, so one that cannot be sent holds up all later ones. */
  'audit-export': {
    maxAttempts: 1_000,
    maxAuthAttempts: 1_000,
    initialDelayMs: 5_000,
    maxDelayMs: 3_600_000,
    staleAfterMs: 300_000,
    expiresAfterMs: 30 * 86_400_000,
  },
  /** News of an alert are of no use a day later. */
  'alert-webhooks': {
    maxAttempts: 40,
    maxAuthAttempts: 5,
    initialDelayMs: 5_000,
    maxDelayMs: 1_800_000,
    staleAfterMs: 300_000,
    expiresAfterMs: 86_400_000,
  },
  /** A system of a shop can be away over a weekend; then its subscription counts as failing. */
  'event-webhooks': {
    maxAttempts: 100,
    maxAuthAttempts: 12,
    initialDelayMs: 5_000,
    maxDelayMs: 3_600_000,
    staleAfterMs: 300_000,
    expiresAfterMs: 3 * 86_400_000,
  },
  /** A provider can be away for days, and a person may have to connect it again. */
  'books-posting': {
    maxAttempts: 60,
    maxAuthAttempts: 5,
    initialDelayMs: 5_000,
    maxDelayMs: 3_600_000,
    staleAfterMs: 300_000,
    expiresAfterMs: 30 * 86_400_000,
  },
} as const satisfies Readonly<Record<string, DeliveryPolicy>>;

/** Times that a person can send a delivery again, with all its attempts. */
const MAX_ROUNDS = 10;
/** Each attempt has a beginning and a result; each round, its request and an expiry. */
export const MAX_DELIVERY_EVENTS = Object.values(DELIVERY_POLICIES).reduce(
  (most, { maxAttempts }) => Math.max(most, MAX_ROUNDS * (2 * maxAttempts + 2)),
  0,
);

export type DeliveryQueue = keyof typeof DELIVERY_POLICIES;
export const DELIVERY_QUEUES = Object.keys(DELIVERY_POLICIES) as readonly DeliveryQueue[];

/**
 * The pause after the failed try number `tries` (from 1) of a delivery: exponential, shortened by
 * up to half, so that deliveries that failed together are not retried together. The jitter derives
 * from the delivery, so that the decision can be repeated exactly.
 */
export function retryDelayMs(
  { initialDelayMs, maxDelayMs }: DeliveryPolicy,
  deliveryId: string,
  tries: number,
  retryAfterMs = 0,
): number {
  const jitter = Number.parseInt(shortHash(`${deliveryId} ${tries}`).slice(-5), 36) / 36 ** 5;
  const pause = Math.min(initialDelayMs * 2 ** (tries - 1), maxDelayMs) * (0.5 + jitter / 2);
  return Math.round(Math.max(pause, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}
