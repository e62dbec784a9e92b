import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { eventData } from '../../kernel/schema.ts';
import { DeviceId, type PinEvent } from '../pin-attempts/events.ts';
import { BranchId } from '../users/events.ts';

export const DeviceName = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Names the device for people, such as `bar till`.',
});

export const deviceEvents = defineEvents({
  DeviceRegistered: eventData('A device of a branch got a token. The token stands in no event.', {
    deviceId: DeviceId,
    name: DeviceName,
    branchId: BranchId,
  }),
  DeviceRevoked: eventData('The token of a device is not valid any more; its sessions ended.', {
    deviceId: DeviceId,
  }),
});

export type DeviceEvent = EventOf<typeof deviceEvents>;

/** Also the PINs that earlier versions counted in the stream of the device. */
export type RecordedDeviceEvent =
  DeviceEvent | Exclude<PinEvent, { readonly type: 'PinAttemptsOpened' }>;
