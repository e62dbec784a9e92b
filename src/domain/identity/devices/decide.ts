import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError, NotFoundError, TillstreamError } from '../../kernel/errors.ts';
import { msBetween, plusMs } from '../../kernel/instant.ts';
import { unreachable } from '../../kernel/invariant.ts';
import { type DeviceCommand, deviceCommands } from './commands.ts';
import type { DeviceEvent } from './events.ts';
import type { DeviceState, KnownDevice } from './state.ts';

/** Wrong PINs of one user at one device before it is locked for a while. */
export const FREE_PIN_ATTEMPTS = 5;
const FIRST_LOCK_MS = 300_000;
const MAX_LOCK_MS = 3_600_000;

/**
 * Decides a command to a device of a branch.
 * @throws NotFoundError device_not_found.
 * @throws DomainError device_exists, device_revoked.
 * @throws TillstreamError pin_locked.
 */
function decide(
  command: DeviceCommand,
  state: DeviceState,
  { entityId: deviceId, now }: CommandContext,
): readonly DeviceEvent[] {
  if (command.type === 'RegisterDevice') {
    if (state.status === 'none') {
      return [{ type: 'DeviceRegistered', data: { deviceId, ...command.data } }];
    }
    throw new DomainError('device_exists', `the device ${deviceId} exists already`, { deviceId });
  }
  if (state.status === 'none') {
    throw new NotFoundError('device_not_found', `there is no device ${deviceId}`, { deviceId });
  }
  if (state.status === 'revoked') {
    throw new DomainError('device_revoked', `the device ${deviceId} is revoked`, { deviceId });
  }
  switch (command.type) {
    case 'RevokeDevice':
      return [{ type: 'DeviceRevoked', data: { deviceId } }];
    case 'TryPin':
      return tried(command.data.userId, state, now);
    case 'SkipPin':
      return [{ type: 'PinNotChecked', data: { deviceId, userId: command.data.userId } }];
    case 'AcceptPin':
      return [{ type: 'PinAccepted', data: { deviceId, userId: command.data.userId } }];
    case 'RejectPin':
      return rejected(command.data.userId, state);
    default:
      return unreachable(command);
  }
}

/** Counts before the PIN is checked, so that guesses at the same moment count too. */
function tried(userId: string, { deviceId, pins }: KnownDevice, now: string): DeviceEvent[] {
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
function rejected(userId: string, { deviceId, pins }: KnownDevice): DeviceEvent[] {
  const { attempts = 0, lockedUntil } = pins[userId] ?? {};
  if (lockedUntil === undefined) return [];
  return [{ type: 'PinLocked', data: { deviceId, userId, attempts, lockedUntil } }];
}

function pinLocked(waitMs: number): TillstreamError {
  const retryAfterS = Math.ceil(waitMs / 1_000);
  const message = `expected fewer wrong PINs; try again in ${retryAfterS} s`;
  return new TillstreamError('pin_locked', message, { retryAfterS });
}

function evolve(state: DeviceState, event: DeviceEvent): DeviceState {
  if (event.type === 'DeviceRegistered') return { ...event.data, status: 'active', pins: {} };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'DeviceRevoked':
      return { ...state, status: 'revoked', pins: {} };
    case 'PinTried':
    case 'PinLocked': {
      const { userId, lockedUntil } = event.data;
      const attempts = event.type === 'PinTried' ? event.data.attempt : event.data.attempts;
      const pin = { attempts, ...(lockedUntil !== undefined && { lockedUntil }) };
      return { ...state, pins: { ...state.pins, [userId]: pin } };
    }
    case 'PinNotChecked': {
      const { userId } = event.data;
      const attempts = Math.max(0, (state.pins[userId]?.attempts ?? 0) - 1);
      return { ...state, pins: { ...state.pins, [userId]: { attempts } } };
    }
    case 'PinAccepted': {
      const { [event.data.userId]: _, ...pins } = state.pins;
      return { ...state, pins };
    }
    default:
      return unreachable(event);
  }
}

/** One aggregate per device of a branch. The hash of its token stands in the vault. */
export const deviceDecider: Decider<DeviceState, DeviceCommand, DeviceEvent> = {
  category: 'device',
  version: 1,
  initialState: { status: 'none' },
  commands: deviceCommands,
  decide,
  evolve,
};
