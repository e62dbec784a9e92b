import { unreachable } from '../../kernel/invariant.ts';
import type { CarriedAttempts, PinEvent } from './events.ts';

/** Attempts of one user at a device since the last right PIN. */
export interface PinAttempts {
  readonly attempts: number;
  readonly lockedUntil?: string;
}

/** By user: those with attempts since their last right PIN. */
export type PinsOfDevice = Readonly<Record<string, PinAttempts>>;

/** One stream of the attempts at a device. */
export type PinAttemptsState =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly deviceId: string; readonly pins: PinsOfDevice };

/** The attempts at a device after an event. */
export function evolvePins(
  pins: PinsOfDevice,
  event: Exclude<PinEvent, { type: 'PinAttemptsOpened' }>,
): PinsOfDevice {
  const { userId } = event.data;
  switch (event.type) {
    case 'PinTried':
    case 'PinLocked': {
      const { lockedUntil } = event.data;
      const attempts = event.type === 'PinTried' ? event.data.attempt : event.data.attempts;
      return { ...pins, [userId]: { attempts, ...(lockedUntil !== undefined && { lockedUntil }) } };
    }
    case 'PinNotChecked':
      return { ...pins, [userId]: { attempts: Math.max(0, (pins[userId]?.attempts ?? 0) - 1) } };
    case 'PinAccepted': {
      const { [userId]: _, ...others } = pins;
      return others;
    }
    default:
      return unreachable(event);
  }
}

/** What the next stream of a device begins with, so that no count and no lock is lost. */
export function carriedFrom(pins: PinsOfDevice): CarriedAttempts[] {
  return Object.entries(pins)
    .filter(([, { attempts }]) => attempts > 0)
    .map(([userId, open]) => ({ userId, ...open }));
}

export function pinsCarried(carried: readonly CarriedAttempts[]): PinsOfDevice {
  return Object.fromEntries(carried.map(({ userId, ...open }) => [userId, open]));
}
