import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../../kernel/define-events.ts';
import { described, eventData, Instant, Name, oneOf, strict, Text } from '../../kernel/schema.ts';
import { Generation } from '../../restores/index.ts';
import { Epoch, SyncDeviceId } from '../../sync/facts/events.ts';

/** Numbers of one range when its device names no other quantity. */
export const DEFAULT_RANGE_SIZE = 50;
export const MAX_RANGE_SIZE = 2_000;
export const DEFAULT_VALID_HOURS = 24;
/** More than a year: a device with a series of its own may be away for long. */
export const MAX_VALID_HOURS = 9_600;
/** Numbers of a series; each is at most so large. */
export const MAX_NUMBER = 999_999_999;
/** Events of one period of a series: after that many, it goes on in another stream. */
export const SERIES_PERIOD_EVENTS = 2_000;
/** Ranges that a series remembers, so that a lost answer gets the same range again. */
export const MAX_KNOWN_RANGES = 1_000;

export const SeriesId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,32}$',
  description: 'The series of numbers, such as `B-2026`.',
});
export const FiscalNumber = Type.Integer({
  minimum: 1,
  maximum: MAX_NUMBER,
  description: 'A number of the series.',
});

/**
 * `shared-ranges`: all devices take ranges of one series. `device`: it belongs to one device, as
 * the law asks for where documents are chained.
 */
export const SERIES_POLICIES = ['shared-ranges', 'device'] as const;

/** How a series gives out its numbers. */
export const SeriesSettings = strict({
  prefix: Type.Optional(
    Type.String({ maxLength: 32, description: 'Printed before each number, such as `B-`.' }),
  ),
  policy: oneOf(SERIES_POLICIES, 'Whether all devices share the series.'),
  deviceId: Type.Optional(described(SyncDeviceId, 'With `device`: whose series it is.')),
  rangeSize: Type.Integer({
    minimum: 1,
    maximum: MAX_RANGE_SIZE,
    description: 'Numbers of one range.',
  }),
  validHours: Type.Integer({
    minimum: 1,
    maximum: MAX_VALID_HOURS,
    description: 'Hours for which a device may use a range.',
  }),
});
export type SeriesSettings = Static<typeof SeriesSettings>;

/** Numbers that one device holds. */
export const GrantedRange = strict({
  deviceId: SyncDeviceId,
  epoch: Type.Optional(described(Epoch, 'The life of the device in which it asked.')),
  from: described(FiscalNumber, 'The first number.'),
  to: described(FiscalNumber, 'The last number.'),
  grantedAt: described(Instant, 'When it was granted, in UTC.'),
  expiresAt: described(Instant, 'From when on the device is to ask for another one, in UTC.'),
});
export type GrantedRange = Static<typeof GrantedRange>;

const Period = Type.Integer({ minimum: 1, description: 'Counts the streams of the series.' });

const carried = {
  seriesId: SeriesId,
  period: Period,
  settings: described(SeriesSettings, 'How it gives out its numbers.'),
  next: Type.Integer({
    minimum: 1,
    maximum: MAX_NUMBER + 1,
    description: 'The first number that no device has held.',
  }),
  ranges: Type.Array(GrantedRange, {
    maxItems: MAX_KNOWN_RANGES,
    description: 'The newest ranges of the devices.',
  }),
  generation: Type.Optional(described(Generation, 'Of the log, as far as the series knows it.')),
};

export const seriesEvents = defineEvents({
  FiscalSeriesOpened: eventData('A series of fiscal numbers begins.', {
    seriesId: SeriesId,
    firstNumber: described(FiscalNumber, 'Its first number.'),
    ...SeriesSettings.properties,
    generation: Type.Optional(described(Generation, 'Of the log; 1 when absent.')),
    openedAt: described(Instant, 'When, in UTC.'),
  }),
  FiscalRangeGranted: eventData('A device may use these numbers, and no other device ever.', {
    seriesId: SeriesId,
    ...GrantedRange.properties,
  }),
  FiscalRangeAbandoned: eventData('A device began again, and no longer knows of these numbers.', {
    seriesId: SeriesId,
    deviceId: SyncDeviceId,
    epoch: Type.Optional(described(Epoch, 'The life of the device that has ended.')),
    from: described(FiscalNumber, 'The first number.'),
    to: described(FiscalNumber, 'The last number.'),
    abandonedAt: described(Instant, 'When that was noticed, in UTC.'),
  }),
  FiscalNumbersSkipped: eventData('Devices may have numbers that the log does not know.', {
    seriesId: SeriesId,
    deviceId: Type.Optional(described(SyncDeviceId, 'The device that has some of them, if known.')),
    from: described(FiscalNumber, 'The first number that is never granted.'),
    to: described(FiscalNumber, 'The last one.'),
    heldThrough: Type.Optional(described(FiscalNumber, 'The last number that a device has.')),
    skippedAt: described(Instant, 'When, in UTC.'),
  }),
  FiscalSeriesResumed: eventData(
    'After a restore of the log, the series gives out numbers again.',
    {
      seriesId: SeriesId,
      generation: described(Generation, 'Of the log from which it goes on.'),
      reason: described(Text, 'Why that is safe.'),
      resumedBy: described(Name, 'Who decided it.'),
      resumedAt: described(Instant, 'When, in UTC.'),
    },
  ),
  FiscalSeriesPeriodClosed: eventData('The series goes on in the next stream.', carried),
  FiscalSeriesPeriodOpened: eventData('The series of the stream before goes on here.', carried),
});

export type SeriesEvent = EventOf<typeof seriesEvents>;
export type SeriesPeriod = EventOf<typeof seriesEvents, 'FiscalSeriesPeriodClosed'>['data'];
