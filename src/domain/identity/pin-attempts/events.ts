import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, Instant, optional, strict } from '../../kernel/schema.ts';

export const DeviceId = described(Id, 'The device.');
const UserId = described(Id, 'The user; `unknown` for an id that no user of the shop has.');
const Attempts = Type.Integer({ minimum: 1, description: 'Attempts since the last right PIN.' });

export const Page = Type.Integer({
  minimum: 1,
  description: 'The streams of a device follow each other; each has at most 1,000 events.',
});

/** At most one per user of the shop. */
export const CarriedAttempts = strict(
  { userId: UserId, attempts: Attempts, lockedUntil: optional(described(Instant, 'Until then.')) },
  { description: 'Attempts of a user since the last right PIN, from the stream before.' },
);

export const pinEvents = defineEvents({
  PinAttemptsOpened: eventData(
    'PINs at a device are counted in this stream from now on. Counts and locks go on.',
    {
      deviceId: DeviceId,
      page: Page,
      carried: Type.Array(CarriedAttempts, { description: 'Open counts of the stream before.' }),
    },
  ),
  PinTried: eventData('A PIN was entered for a user. It counts before it is checked.', {
    deviceId: DeviceId,
    userId: UserId,
    attempt: Attempts,
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
    attempts: Attempts,
    lockedUntil: described(Instant, 'Until then.'),
  }),
});

export type CarriedAttempts = Static<typeof CarriedAttempts>;
export type PinEvent = EventOf<typeof pinEvents>;
