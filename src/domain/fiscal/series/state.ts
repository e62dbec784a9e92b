import type { PeriodStatus } from '../../kernel/period-status.ts';
import { FIRST_GENERATION } from '../../restores/index.ts';
import {
  type GrantedRange,
  MAX_KNOWN_RANGES,
  type SeriesEvent,
  type SeriesSettings,
} from './events.ts';

/** One period of a series. Plain JSON: it is kept in snapshots. */
export interface SeriesState {
  readonly status: PeriodStatus;
  readonly settings: SeriesSettings | null;
  /** The first number that no device has held. */
  readonly next: number;
  /** The newest ranges of the devices, in the order of their numbers. */
  readonly ranges: readonly GrantedRange[];
  /** Of the log in which it gives out numbers: it stops in a later one, until it is resumed. */
  readonly generation: number;
}

export const NO_SERIES: SeriesState = {
  ...{ status: 'none', settings: null, next: 1, ranges: [] },
  generation: FIRST_GENERATION,
};

/** Two are enough for a device: the one that it uses, and the next. */
const RANGES_OF_DEVICE = 2;

function withRange(ranges: readonly GrantedRange[], added: GrantedRange): readonly GrantedRange[] {
  const own = ranges.filter(({ deviceId }) => deviceId === added.deviceId);
  const old = new Set(own.slice(0, Math.max(0, own.length + 1 - RANGES_OF_DEVICE)));
  return [...ranges.filter((each) => !old.has(each)), added].slice(-MAX_KNOWN_RANGES);
}

export function evolveSeries(state: SeriesState, event: SeriesEvent): SeriesState {
  switch (event.type) {
    case 'FiscalSeriesOpened': {
      const { seriesId: _, firstNumber, openedAt: _o, generation, ...settings } = event.data;
      const since = generation ?? FIRST_GENERATION;
      return { status: 'open', settings, next: firstNumber, ranges: [], generation: since };
    }
    case 'FiscalRangeGranted': {
      const { seriesId: _, ...range } = event.data;
      return { ...state, next: range.to + 1, ranges: withRange(state.ranges, range) };
    }
    case 'FiscalRangeAbandoned':
      return { ...state, ranges: state.ranges.filter(({ from }) => from !== event.data.from) };
    case 'FiscalNumbersSkipped':
      return { ...state, next: event.data.to + 1 };
    case 'FiscalSeriesResumed':
      return { ...state, generation: event.data.generation };
    case 'FiscalSeriesPeriodClosed':
      return { ...state, status: 'closed' };
    case 'FiscalSeriesPeriodOpened': {
      const { settings, next, ranges, generation = FIRST_GENERATION } = event.data;
      return { status: 'open', settings, next, ranges, generation };
    }
  }
}
