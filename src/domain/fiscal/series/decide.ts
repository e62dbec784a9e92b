import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { ConflictError, DomainError, NotFoundError } from '../../kernel/errors.ts';
import { formatInstant, instantMs } from '../../kernel/instant.ts';
import { type ReserveRange, type SeriesCommand, seriesCommands } from './commands.ts';
import {
  DEFAULT_RANGE_SIZE,
  DEFAULT_VALID_HOURS,
  type GrantedRange,
  MAX_NUMBER,
  type SeriesEvent,
  type SeriesPeriod,
  type SeriesSettings,
} from './events.ts';
import { seriesOf } from './series-id.ts';
import { evolveSeries, NO_SERIES, type SeriesState } from './state.ts';

const HOUR_MS = 3_600_000;
/** Largest ranges that are left out where a device has more than the log knows of. */
const SAFETY_RANGES = 2;
/** A device that says it has more than this beyond the log is not believed. */
const MAX_SKIPPED = 100_000;

/** The range that a device lacks, as its last number says; it was granted before. */
export function rangeAfter(
  { ranges }: SeriesState,
  { deviceId, epoch, holdsThrough }: ReserveRange,
  now: string,
): GrantedRange | undefined {
  if (holdsThrough === undefined) return undefined;
  return ranges.find(
    (each) =>
      each.deviceId === deviceId &&
      each.epoch === epoch &&
      each.from > holdsThrough &&
      instantMs(each.expiresAt) > instantMs(now),
  );
}

function assertMayReserve(
  { policy, deviceId: owner }: SeriesSettings,
  { deviceId }: ReserveRange,
  seriesId: string,
): void {
  if (policy !== 'device' || owner === deviceId) return;
  const message = `series ${seriesId} belongs to another device than ${deviceId}`;
  throw new DomainError('fiscal_series_of_other_device', message, { seriesId, deviceId });
}

interface Found {
  /** A device that has such numbers; absent: a person says so. */
  readonly deviceId?: string;
  readonly heldThrough: number;
}
interface Place {
  readonly seriesId: string;
  readonly now: string;
}

/** All up to the number, and some more: other devices may have unknown numbers too. */
function leaveOut(
  { next, ranges, settings }: SeriesState,
  { deviceId, heldThrough }: Found,
  { seriesId, now: skippedAt }: Place,
): readonly SeriesEvent[] {
  if (heldThrough - next > MAX_SKIPPED) {
    const message = `expected a number near ${next}, found ${heldThrough}`;
    throw new DomainError('invalid_request', message, { field: 'heldThrough' });
  }
  const sizes = ranges.map(({ from, to }) => to - from + 1);
  const largest = Math.max(settings?.rangeSize ?? DEFAULT_RANGE_SIZE, ...sizes);
  const to = Math.min(MAX_NUMBER, heldThrough + SAFETY_RANGES * largest);
  if (to < next) return [];
  const known = omitUndefined({ deviceId, heldThrough: heldThrough || undefined });
  return [
    { type: 'FiscalNumbersSkipped', data: { seriesId, ...known, from: next, to, skippedAt } },
  ];
}

/**
 * Where a device has numbers that were never granted, as after an older copy of the log was
 * restored. Otherwise nothing.
 */
function skipped(state: SeriesState, found: Found, place: Place): readonly SeriesEvent[] {
  return found.heldThrough < state.next ? [] : leaveOut(state, found, place);
}

/** After a restore of the log, until a manager resumes it: later grants are not known. */
export const isPaused = (state: SeriesState, generation: number) => generation > state.generation;

/**
 * A manager says that each device has shown itself, or never will. Numbers that no device has
 * shown stay left out.
 */
function resume(
  { data }: Extract<SeriesCommand, { type: 'ResumeSeries' }>,
  state: SeriesState,
  place: Place,
): readonly SeriesEvent[] {
  const { heldThrough = 0, generation, reason, resumedBy } = data;
  if (!isPaused(state, generation)) return [];
  const through = Math.max(heldThrough, state.next - 1);
  const resumed = { seriesId: place.seriesId, generation, reason, resumedBy, resumedAt: place.now };
  return [
    ...leaveOut(state, { heldThrough: through }, place),
    { type: 'FiscalSeriesResumed', data: resumed },
  ];
}

/** Of another life of the device: what it held then is lost to it. */
function abandoned(
  { ranges }: SeriesState,
  { deviceId, epoch }: ReserveRange,
  { seriesId, now: abandonedAt }: Place,
): readonly SeriesEvent[] {
  return ranges
    .filter((each) => each.deviceId === deviceId && each.epoch !== epoch)
    .map(({ from, to, epoch: ended }) => ({
      type: 'FiscalRangeAbandoned',
      data: { seriesId, deviceId, ...omitUndefined({ epoch: ended }), from, to, abandonedAt },
    }));
}

function reserve(
  data: ReserveRange,
  state: SeriesState,
  settings: SeriesSettings,
  { seriesId, now }: Place,
): readonly SeriesEvent[] {
  assertMayReserve(settings, data, seriesId);
  if (rangeAfter(state, data, now)) return [];
  const { deviceId, epoch, holdsThrough = 0, quantity = settings.rangeSize } = data;
  const { validHours } = settings;
  const before = [
    ...abandoned(state, data, { seriesId, now }),
    ...skipped(state, { deviceId, heldThrough: holdsThrough }, { seriesId, now }),
  ];
  const { next: from } = before.reduce(evolveSeries, state);
  const to = from + quantity - 1;
  if (to > MAX_NUMBER) {
    const message = `expected numbers up to ${MAX_NUMBER}, found none left in series ${seriesId}`;
    throw new DomainError('fiscal_series_exhausted', message, { seriesId });
  }
  const expiresAt = formatInstant(instantMs(now) + validHours * HOUR_MS);
  const range = { deviceId, ...omitUndefined({ epoch }), from, to, grantedAt: now, expiresAt };
  return [...before, { type: 'FiscalRangeGranted', data: { seriesId, ...range } }];
}

function open(
  { data }: Extract<SeriesCommand, { type: 'OpenSeries' }>,
  seriesId: string,
  openedAt: string,
): readonly SeriesEvent[] {
  const { policy = 'shared-ranges', deviceId, firstNumber = 1, prefix, generation } = data;
  if ((policy === 'device') !== (deviceId !== undefined)) {
    const message = 'expected a deviceId with the policy device, and with no other';
    throw new DomainError('invalid_request', message, { field: 'deviceId' });
  }
  const { rangeSize = DEFAULT_RANGE_SIZE, validHours = DEFAULT_VALID_HOURS } = data;
  const known = omitUndefined({ prefix, deviceId, generation });
  const settings = { ...known, policy, rangeSize, validHours };
  return [{ type: 'FiscalSeriesOpened', data: { seriesId, firstNumber, ...settings, openedAt } }];
}

/**
 * Decides a command to one period of a series.
 * @throws NotFoundError fiscal_series_not_found. @throws DomainError fiscal_series_exists,
 * fiscal_series_exhausted, fiscal_series_of_other_device.
 * @throws ConflictError contention, with the next period, for a period that is closed.
 */
function decide(
  command: SeriesCommand,
  state: SeriesState,
  { entityId, now }: CommandContext,
): readonly SeriesEvent[] {
  const { seriesId, period } = seriesOf(entityId);
  const { status, settings, next, ranges, generation } = state;
  if (command.type === 'OpenSeries') {
    if (status === 'none') return open(command, seriesId, now);
    throw new DomainError('fiscal_series_exists', `there is a series ${seriesId}`, { seriesId });
  }
  if (command.type === 'OpenPeriod') {
    if (status !== 'none') return [];
    return [{ type: 'FiscalSeriesPeriodOpened', data: command.data as SeriesPeriod }];
  }
  if (status === 'none' || settings === null) {
    const message = `there is no series ${seriesId}`;
    throw new NotFoundError('fiscal_series_not_found', message, { seriesId });
  }
  if (status === 'closed') {
    const details = { nextPeriod: period + 1 };
    throw new ConflictError('contention', `period ${period} of the series is closed`, details);
  }
  if (command.type === 'ReserveRange') {
    return reserve(command.data, state, settings, { seriesId, now });
  }
  const place = { seriesId, now };
  if (command.type === 'LeaveOut') return skipped(state, command.data, place);
  if (command.type === 'ResumeSeries') return resume(command, state, place);
  const carried = { seriesId, period, settings, next, ranges: [...ranges], generation };
  return [{ type: 'FiscalSeriesPeriodClosed', data: carried }];
}

/** The one place where numbers of a series are granted, cut into periods (F1). */
export const seriesDecider: Decider<SeriesState, SeriesCommand, SeriesEvent> = {
  category: 'fiscalseries',
  version: 2,
  initialState: NO_SERIES,
  commands: seriesCommands,
  decide,
  evolve: evolveSeries,
};
