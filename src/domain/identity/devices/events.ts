import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, Instant, optional } from '../../kernel/schema.ts';
import { BranchId } from '../users/events.ts';

export const DeviceName = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Names the device for people, such as `bar till`.',
});

const DeviceId = described(Id, 'The device.');
const UserId = described(Id, 'The user; `unknown` for an id that no user of the shop has.');

export const deviceEvents = defineEvents({
  DeviceRegistered: eventData('A device of a branch got a token. The token stands in no event.', {
    deviceId: DeviceId,
    name: DeviceName,
    branchId: BranchId,
  }),
  DeviceRevoked: eventData('The token of a device is not valid any more; its sessions ended.', {
    deviceId: DeviceId,
  }),
  PinTried: eventData('A PIN was entered for a user. It counts before it is checked.', {
    deviceId: DeviceId,
    userId: UserId,
    attempt: Type.Integer({ minimum: 1, description: 'Attempts since the last right PIN.' }),
    lockedUntil: optional(
      described(Instant, 'Until then no further attempt is possible, unless this one succeeds.'),
    ),
  }),
  PinNotChecked: eventData('The server was too busy to check a PIN: the attempt does not count.', {
    deviceId: DeviceId,
    userId: UserId,
  }),
  PinAccepted: eventData('The PIN was right: the attempts count from 0 again.', {
    deviceId: DeviceId,
    userId: UserId,
  }),
  PinLocked: eventData('Too many wrong PINs: the user cannot sign in at the device for a time.', {
    deviceId: DeviceId,
    userId: UserId,
    attempts: Type.Integer({ minimum: 1, description: 'Attempts since the last right PIN.' }),
    lockedUntil: described(Instant, 'Until then.'),
  }),
});

export type DeviceEvent = EventOf<typeof deviceEvents>;
