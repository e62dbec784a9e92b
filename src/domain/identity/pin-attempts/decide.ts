import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { TillstreamError } from '../../kernel/errors.ts';
import { msBetween, plusMs } from '../../kernel/instant.ts';
import { invariant, unreachable } from '../../kernel/invariant.ts';
import { type PinCommand, pinCommands } from './commands.ts';
import type { PinEvent } from './events.ts';
import { evolvePins, type PinAttemptsState, pinsCarried } from './state.ts';

/** Wrong PINs of one user at one device before it is locked for a while. */
const FREE_PIN_ATTEMPTS = 5;
const FIRST_LOCK_MS = 300_000;
const MAX_LOCK_MS = 3_600_000;
/** A full stream takes no attempt any more; the next one goes on with its counts. */
export const MAX_PIN_EVENTS = 1_000;

type Open = Extract<PinAttemptsState, { status: 'open' }>;

/**
 * Decides about attempts at a device. To open a stream twice changes nothing.
 * @throws TillstreamError pin_locked.
 */
function decide(
  command: PinCommand,
  state: PinAttemptsState,
  { now }: CommandContext,
): readonly PinEvent[] {
  if (command.type === 'OpenPinAttempts') {
    if (state.status !== 'none') return [];
    const { deviceId, page, carried } = command.data;
    return [{ type: 'PinAttemptsOpened', data: { deviceId, page, carried: [...carried] } }];
  }
  invariant(state.status !== 'none', 'attempts to be opened first', { type: command.type });
  const { deviceId } = state;
  const { userId } = command.data;
  switch (command.type) {
    case 'TryPin':
      return tried(userId, state, now);
    case 'SkipPin':
      return [{ type: 'PinNotChecked', data: { deviceId, userId } }];
    case 'AcceptPin':
      return [{ type: 'PinAccepted', data: { deviceId, userId } }];
    case 'RejectPin':
      return rejected(userId, state);
    default:
      return unreachable(command);
  }
}

/** Counts before the PIN is checked, so that guesses at the same moment count too. */
function tried(userId: string, { deviceId, pins }: Open, now: string): PinEvent[] {
  const { attempts = 0, lockedUntil } = pins[userId] ?? {};
  const waitMs = lockedUntil === undefined ? 0 : msBetween(now, lockedUntil);
  if (waitMs > 0) throw pinLocked(waitMs);
  const attempt = attempts + 1;
  const over = attempt - FREE_PIN_ATTEMPTS;
  const lockMs = over < 0 ? 0 : Math.min(FIRST_LOCK_MS * 2 ** over, MAX_LOCK_MS);
  const lock = lockMs > 0 && { lockedUntil: plusMs(now, lockMs) };
  return [{ type: 'PinTried', data: { deviceId, userId, attempt, ...lock } }];
}

/** Shows a lock to auditors; it holds since the attempt itself. */
function rejected(userId: string, { deviceId, pins }: Open): PinEvent[] {
  const { attempts = 0, lockedUntil } = pins[userId] ?? {};
  if (lockedUntil === undefined) return [];
  return [{ type: 'PinLocked', data: { deviceId, userId, attempts, lockedUntil } }];
}

function pinLocked(waitMs: number): TillstreamError {
  const retryAfterS = Math.ceil(waitMs / 1_000);
  const message = `expected fewer wrong PINs; try again in ${retryAfterS} s`;
  return new TillstreamError('pin_locked', message, { retryAfterS });
}

function evolve(state: PinAttemptsState, event: PinEvent): PinAttemptsState {
  if (event.type === 'PinAttemptsOpened') {
    const { deviceId, carried } = event.data;
    return { status: 'open', deviceId, pins: pinsCarried(carried) };
  }
  invariant(state.status !== 'none', 'attempts to be opened first', { type: event.type });
  return { ...state, pins: evolvePins(state.pins, event) };
}

/**
 * PIN attempts at a device, apart from the device itself: its stream must have room for its
 * revocation, however often people sign in.
 */
export const pinAttemptsDecider: Decider<PinAttemptsState, PinCommand, PinEvent> = {
  category: 'pinattempts',
  version: 1,
  maxEvents: MAX_PIN_EVENTS,
  initialState: { status: 'none' },
  commands: pinCommands,
  decide,
  evolve,
};
