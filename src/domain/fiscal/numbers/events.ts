import { Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Id, Instant, Name, oneOf, Text } from '../../kernel/schema.ts';
import { Epoch, FactId, Hash, Seq, SyncDeviceId } from '../../sync/facts/events.ts';
import { FiscalNumber, SeriesId } from '../series/events.ts';

/** Numbers of one stream. Which one has a number is computed from it. */
export const BLOCK_SIZE = 200;
/** Further documents with one number of which each is recorded. */
export const MAX_DOCUMENTS = 20;

/**
 * What has become of a number. `held`: a device has it. `unaccounted`: not known; a manager
 * decides. `skipped`: left out, and never granted.
 */
export const FATES = [
  ...(['held', 'issued', 'voided', 'returned-unused'] as const),
  ...(['unaccounted', 'lost', 'skipped'] as const),
] as const;
export type Fate = (typeof FATES)[number];

/** What a manager may decide of numbers that no device accounts for. */
export const DECIDED_FATES = ['lost', 'returned-unused'] as const;
export const UNACCOUNTED_REASONS = ['device-began-again', 'device-retired'] as const;

const numbers = {
  seriesId: SeriesId,
  from: described(FiscalNumber, 'The first number.'),
  to: described(FiscalNumber, 'The last number.'),
};

/** The fact of a device that says what became of a number. */
const said = {
  seriesId: SeriesId,
  number: FiscalNumber,
  factId: described(FactId, 'The fact of the device that says so.'),
  deviceId: SyncDeviceId,
  epoch: Type.Optional(Epoch),
  seq: Type.Optional(Seq),
  hash: Hash,
  cashier: described(Id, 'Who was at the device.'),
  claimedAt: described(Instant, 'When it happened, as the device says.'),
  occurredAt: described(Instant, 'When it happened, within what its clock can be trusted with.'),
  keptAt: described(Instant, 'When the server kept the fact, in UTC.'),
};
const documentId = described(Id, 'The document that has the number, such as an order.');
const before = oneOf(FATES, 'What was known of the number before.');
const fate = oneOf(FATES, 'What is known of the number from now on.');

export const numberEvents = defineEvents({
  FiscalNumbersHeld: eventData('A device has these numbers.', {
    ...numbers,
    deviceId: SyncDeviceId,
    epoch: Type.Optional(Epoch),
    rangeFrom: described(FiscalNumber, 'The first number of the whole range.'),
    rangeTo: described(FiscalNumber, 'The last number of the whole range.'),
    grantedAt: described(Instant, 'When the range was granted, in UTC.'),
    expiresAt: described(Instant, 'From when on the device is to use another one, in UTC.'),
  }),
  FiscalNumberIssued: eventData('A document with this number was handed out.', {
    ...said,
    documentId,
    before,
    fate,
  }),
  FiscalNumberCorrected: eventData(
    'A document was handed out with a number that counted as not used. It is issued.',
    { ...said, documentId, before, fate },
  ),
  FiscalNumberRepeated: eventData('A second document has the number. Both are kept.', {
    ...said,
    documentId,
    firstDocumentId: described(Id, 'The first document.'),
    firstDeviceId: described(SyncDeviceId, 'The device of the first document.'),
  }),
  FiscalNumberVoided: eventData('A device took the number, and no document has it.', {
    ...said,
    reason: described(Text, 'Why.'),
    before,
    fate,
  }),
  FiscalNumbersReturned: eventData('A device will not use these numbers.', {
    ...numbers,
    factId: described(FactId, 'The fact of the device that says so.'),
    deviceId: SyncDeviceId,
    returnedAt: described(Instant, 'When the server kept the fact, in UTC.'),
  }),
  FiscalNumbersUnaccounted: eventData('It is not known what became of these numbers.', {
    ...numbers,
    deviceId: SyncDeviceId,
    reason: oneOf(UNACCOUNTED_REASONS, 'Why the device cannot say.'),
    since: described(Instant, 'Since when, in UTC.'),
  }),
  FiscalNumbersSetAside: eventData('These numbers are left out, and are never granted.', {
    ...numbers,
    deviceId: Type.Optional(
      described(SyncDeviceId, 'The device that has numbers which the log does not know, if known.'),
    ),
    since: described(Instant, 'Since when, in UTC.'),
  }),
  FiscalNumbersDecided: eventData('A manager decided what became of these numbers.', {
    ...numbers,
    fate: oneOf(DECIDED_FATES, 'What counts from now on.'),
    reason: described(Text, 'Why.'),
    decidedAt: described(Instant, 'When, in UTC.'),
    decidedBy: described(Name, 'Who.'),
  }),
});

export type NumberEvent = EventOf<typeof numberEvents>;
