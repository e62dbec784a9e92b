import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, Instant, oneOf } from '../../kernel/schema.ts';
import { Epoch, Hash, Seq, SyncDeviceId } from '../facts/events.ts';
import { Declared } from '../segments/events.ts';

/** Why a device asks for a new epoch. */
export const EPOCH_REASONS = ['new', 'wiped', 'forked', 'restored'] as const;
export type EpochReason = (typeof EPOCH_REASONS)[number];
export const Reason = oneOf(EPOCH_REASONS, 'Why the device begins to count from 1.');

export const epochEvents = defineEvents({
  DeviceEpochOpened: eventData('A device began to number its facts from 1.', {
    deviceId: SyncDeviceId,
    epoch: Epoch,
    requestId: described(Id, 'The request of the device: a repeat of it gets the same epoch.'),
    reason: Reason,
    openedAt: described(Instant, 'When, in UTC.'),
  }),
  DeviceEpochForked: eventData('Two devices use one epoch: it needs a new one.', {
    deviceId: SyncDeviceId,
    epoch: Epoch,
    seq: Seq,
    hash: described(Hash, 'Hash of the second fact with that number.'),
  }),
  DeviceDeclared: eventData('A device said how many facts it has.', {
    deviceId: SyncDeviceId,
    epoch: Epoch,
    declared: described(Declared, 'What it said.'),
    declaredAt: described(Instant, 'When, in UTC, by the clock of the server.'),
  }),
});

export type EpochEvent = EventOf<typeof epochEvents>;
