import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError, NotFoundError } from '../../kernel/errors.ts';
import { unreachable } from '../../kernel/invariant.ts';
import { evolvePins } from '../pin-attempts/state.ts';
import { type DeviceCommand, deviceCommands } from './commands.ts';
import type { DeviceEvent, RecordedDeviceEvent } from './events.ts';
import type { DeviceState } from './state.ts';

/**
 * Earlier versions counted PINs in the stream of the device, until it was full at 10,000 events.
 * Such a device must still be revoked.
 */
const MAX_EVENTS = 20_000;

/**
 * Decides a command to a device of a branch.
 * @throws NotFoundError device_not_found.
 * @throws DomainError device_exists, device_revoked.
 */
function decide(
  command: DeviceCommand,
  state: DeviceState,
  { entityId: deviceId }: CommandContext,
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
  return [{ type: 'DeviceRevoked', data: { deviceId } }];
}

function evolve(state: DeviceState, event: RecordedDeviceEvent): DeviceState {
  if (event.type === 'DeviceRegistered') return { ...event.data, status: 'active', pins: {} };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'DeviceRevoked':
      return { ...state, status: 'revoked', pins: {} };
    case 'PinTried':
    case 'PinLocked':
    case 'PinNotChecked':
    case 'PinAccepted':
      return { ...state, pins: evolvePins(state.pins, event) };
    default:
      return unreachable(event);
  }
}

/** One aggregate per device of a branch. The hash of its token stands in the vault. */
export const deviceDecider: Decider<DeviceState, DeviceCommand, RecordedDeviceEvent> = {
  category: 'device',
  version: 1,
  maxEvents: MAX_EVENTS,
  initialState: { status: 'none' },
  commands: deviceCommands,
  decide,
  evolve,
};
