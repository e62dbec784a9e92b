import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { described, optional, strict } from '../../kernel/schema.ts';
import { Generation } from '../../restores/index.ts';
import { Epoch, SyncDeviceId } from '../../sync/facts/events.ts';
import {
  FiscalNumber,
  MAX_NUMBER,
  MAX_RANGE_SIZE,
  seriesEvents,
  SeriesSettings,
} from './events.ts';

const { policy, rangeSize, validHours, ...settings } = SeriesSettings.properties;
const { reason, resumedBy } = seriesEvents.definitions.FiscalSeriesResumed.properties;
/** The server knows it; no caller sends it. */
const generation = described(Generation, 'Of the log as it is now.');

export const seriesCommands = defineCommands({
  OpenSeries: strict({
    firstNumber: optional(described(FiscalNumber, 'Its first number; 1.')),
    ...settings,
    policy: optional(policy),
    rangeSize: optional(rangeSize),
    validHours: optional(validHours),
    generation: optional(generation),
  }),
  ReserveRange: strict({
    deviceId: SyncDeviceId,
    epoch: optional(Epoch),
    quantity: optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_RANGE_SIZE,
        description: 'Numbers that the device wants; that of the series when absent.',
      }),
    ),
    holdsThrough: optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_NUMBER,
        description:
          'The last number that the device has of the series; 0: none. With it, an answer that was lost is repeated.',
      }),
    ),
  }),
  LeaveOut: strict({
    deviceId: SyncDeviceId,
    heldThrough: described(FiscalNumber, 'The last number that the device has.'),
  }),
  ResumeSeries: strict({
    heldThrough: optional(
      described(FiscalNumber, 'The last number that is known from any device or paper.'),
    ),
    reason,
    resumedBy,
    generation,
  }),
  ClosePeriod: strict({}),
  OpenPeriod: seriesEvents.definitions.FiscalSeriesPeriodOpened,
});

export type SeriesCommand = CommandOf<typeof seriesCommands>;
export type ReserveRange = CommandOf<typeof seriesCommands, 'ReserveRange'>['data'];
