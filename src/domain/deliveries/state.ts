import type {
  DeliveryChannelName,
  DeliveryMessage,
  DeliveryPriority,
  DeliveryReport,
  DeliveryStatus,
} from './events.ts';
import type { DeliveryQueue } from './policy.ts';

export interface KnownDelivery {
  readonly status: DeliveryStatus;
  readonly deliveryId: string;
  readonly channel: DeliveryChannelName;
  readonly priority: DeliveryPriority;
  readonly queue: DeliveryQueue;
  readonly orderKey?: string;
  readonly topic?: string;
  readonly personId?: string;
  readonly personal: DeliveryMessage;
  readonly isErased?: true;
  readonly bodyHash: string;
  /** Attempts over the life of the delivery. */
  readonly attempt: number;
  /** Attempts since it was requested, or sent again by a person. */
  readonly tries: number;
  readonly authFailures: number;
  /** The next attempt is not before this time; absent: at once. */
  readonly nextAttemptAt?: string;
  /** While sending: the attempt counts as lost from this time on. */
  readonly staleAt?: string;
  readonly expiresAt: string;
  /** What the other side reported, each once. */
  readonly reports: readonly DeliveryReport[];
}

export type DeliveryState = { readonly status: 'none' } | KnownDelivery;

export const initialDeliveryState: DeliveryState = { status: 'none' };
