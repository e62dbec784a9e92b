import type { DeliveryRef } from './ledger.ts';
import type { Priority } from './ready-queue.ts';

/** What an event says about when its delivery is due. */
export type DueChange =
  | {
      readonly kind: 'opened';
      readonly channel: string;
      readonly priority: Priority;
      readonly orderKey?: string;
      readonly expiresAtMs: number;
    }
  /** Another attempt is due at that time. */
  | { readonly kind: 'waiting'; readonly dueAtMs: number }
  /** An attempt is running, and counts as lost at that time. */
  | { readonly kind: 'sending'; readonly attempt: number; readonly dueAtMs: number }
  /** It waits for a decision of a person. */
  | { readonly kind: 'parked' }
  /** It was sent, or is not sent any more. */
  | { readonly kind: 'ended' };

/** A delivery that is to be sent. */
export interface DueEntry extends DeliveryRef {
  readonly key: string;
  readonly channel: string;
  readonly priority: Priority;
  readonly orderKey: string | undefined;
  readonly expiresAtMs: number;
  state: 'waiting' | 'sending';
  dueAtMs: number;
  attempt: number;
  revision: number;
  /** A worker of this instance has it; no event changes that. */
  busy: boolean;
  /** The revision at which it was taken last. */
  takenAt: number;
  /** The worker that this instance has drawn for the attempt that it tries to begin. */
  worker: string | undefined;
}

/** When it must be looked at, if its channel can send. */
export const wakeAtMs = ({ dueAtMs, expiresAtMs, state }: DueEntry): number =>
  state === 'waiting' ? Math.min(dueAtMs, expiresAtMs) : dueAtMs;

/** When it has expired, and no attempt of it is running. */
export const expiryMs = ({ dueAtMs, expiresAtMs, state }: DueEntry): number =>
  state === 'waiting' ? expiresAtMs : Math.max(dueAtMs, expiresAtMs);
