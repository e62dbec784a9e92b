import { type Static, Type } from '@sinclair/typebox';

import { DECIDED_FATES, FiscalNumber, SeriesId } from '../../../domain/fiscal/index.ts';
import { seriesCommands } from '../../../domain/fiscal/series/commands.ts';
import {
  GrantedRange,
  MAX_NUMBER,
  MAX_RANGE_SIZE,
  SeriesSettings,
} from '../../../domain/fiscal/series/events.ts';
import { described, Id, Instant, oneOf, strict, Text } from '../../../domain/kernel/schema.ts';
import { SyncDeviceId } from '../../../domain/sync/index.ts';

/** Numbers that one decision is about. */
export const MAX_DECIDED = MAX_RANGE_SIZE;

const { generation: _g, ...opened } = seriesCommands.schemas.OpenSeries.properties;
export const OpenBody = strict({ seriesId: SeriesId, ...opened });

const { heldThrough, reason } = seriesCommands.schemas.ResumeSeries.properties;
export const ResumeBody = strict({ heldThrough, reason });

export const SeriesResponse = Type.Object(
  {
    seriesId: SeriesId,
    ...SeriesSettings.properties,
    next: Type.Integer({
      minimum: 1,
      maximum: MAX_NUMBER + 1,
      description: 'The first number that no device has held.',
    }),
    ranges: Type.Array(GrantedRange, { description: 'The newest ranges of the devices.' }),
    paused: Type.Boolean({
      description: 'The log was restored: it gives out no numbers before a manager resumes it.',
    }),
  },
  { $id: 'FiscalSeries' },
);

export const ReserveBody = strict({
  seriesId: SeriesId,
  ...seriesCommands.schemas.ReserveRange.properties,
});
export type ReserveBody = Static<typeof ReserveBody>;

/** The form of tills that write names with underscores. */
export const UnderscoredReserveBody = strict({
  series_id: SeriesId,
  device_id: SyncDeviceId,
  quantity: seriesCommands.schemas.ReserveRange.properties.quantity,
});
export type UnderscoredReserveBody = Static<typeof UnderscoredReserveBody>;

export const RangeResponse = Type.Object(
  {
    seriesId: SeriesId,
    deviceId: SyncDeviceId,
    prefix: SeriesSettings.properties.prefix,
    rangeStart: described(FiscalNumber, 'The first number.'),
    rangeEnd: described(FiscalNumber, 'The last number.'),
    grantedAt: described(Instant, 'When it was granted, in UTC.'),
    expiresAt: described(Instant, 'From when on the device is to ask for another range.'),
  },
  { $id: 'FiscalRange' },
);

export const UnderscoredRangeResponse = strict({
  series_id: SeriesId,
  device_id: SyncDeviceId,
  range_start: FiscalNumber,
  range_end: FiscalNumber,
  expires_at: Instant,
});

export const DecideBody = strict({
  seriesId: SeriesId,
  from: described(FiscalNumber, 'The first number.'),
  to: described(FiscalNumber, `The last number; at most ${MAX_DECIDED} in all.`),
  fate: oneOf(DECIDED_FATES, '`returned-unused`: the device was seen, and has not used them.'),
  reason: described(Text, 'Why.'),
});

export const DecideResponse = Type.Object({
  seriesId: SeriesId,
  from: FiscalNumber,
  to: FiscalNumber,
  fate: oneOf(DECIDED_FATES),
  decidedBy: Id,
});
