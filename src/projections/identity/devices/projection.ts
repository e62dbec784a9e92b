import type { RecordedDeviceEvent } from '../../../domain/identity/devices/events.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { Device } from './document.ts';

/** One document per device, revoked ones too. */
export const devices: Projection<Device, RecordedDeviceEvent | CommandRefused> = {
  name: 'devices',
  version: 1,
  collection: 'devices',
  indexes: [
    { name: 'by_registration', fields: ['registeredAt'] },
    { name: 'by_branch', fields: ['branchId', 'registeredAt'] },
  ],
  feed: 'devices',
  ...perEntity('device'),
  evolve(device, event) {
    const { revision, recordedAt, metadata } = event;
    if (event.type === 'DeviceRegistered') {
      const registered = { registeredAt: recordedAt, registeredBy: metadata.actor.id };
      return { ...event.data, ...registered, revision, status: 'active' };
    }
    if (!device) return undefined;
    if (event.type !== 'DeviceRevoked') return { ...device, revision };
    return { ...device, revision, status: 'revoked', revokedAt: recordedAt };
  },
};
