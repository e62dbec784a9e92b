import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { described, optional, strict } from '../../kernel/schema.ts';
import { Epoch, SyncDeviceId } from '../../sync/facts/events.ts';
import {
  FiscalNumber,
  MAX_NUMBER,
  MAX_RANGE_SIZE,
  seriesEvents,
  SeriesSettings,
} from './events.ts';

const { policy, rangeSize, validHours, ...settings } = SeriesSettings.properties;

export const seriesCommands = defineCommands({
  OpenSeries: strict({
    firstNumber: optional(described(FiscalNumber, 'Its first number; 1.')),
    ...settings,
    policy: optional(policy),
    rangeSize: optional(rangeSize),
    validHours: optional(validHours),
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
  ClosePeriod: strict({}),
  OpenPeriod: seriesEvents.definitions.FiscalSeriesPeriodOpened,
});

export type SeriesCommand = CommandOf<typeof seriesCommands>;
export type ReserveRange = CommandOf<typeof seriesCommands, 'ReserveRange'>['data'];
