import {
  type GrantedRange,
  rangeAfter,
  type ReserveRange,
  SERIES_PERIOD_EVENTS,
  type SeriesCommand,
  seriesDecider,
  type SeriesEvent,
  type SeriesState,
  seriesStream,
} from '../../domain/fiscal/index.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CommandEngine, CommandResult } from '../../engine/commands/command-engine.ts';
import { executeInPeriods, isClosed, newestPeriod } from '../../engine/commands/periods.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';
import { followSeries, isFollowed } from './follow-series.ts';

type SeriesResult = CommandResult<SeriesState, SeriesEvent>;
/** Executes the command of a request itself, with its own id. */
type Execute = (
  decider: typeof seriesDecider,
  entityId: string,
  command: SeriesCommand,
) => Promise<SeriesResult>;

type Loading = Pick<CommandEngine, 'load'>;

/** The newest period of a series; it may be closed, until the next one is opened. */
export function newestOfSeries(
  { commands }: { readonly commands: Loading },
  storeId: string,
  seriesId: string,
): Promise<{ readonly period: number; readonly state: SeriesState }> {
  return newestPeriod(
    async (period) =>
      (await commands.load(seriesDecider, storeId, seriesStream(seriesId, period))).state,
  );
}

/**
 * Gives a device a range of numbers that no other device has or ever gets (F1). The same request,
 * and a device that still lacks the range of its last one, get the same range.
 */
export async function reserveRange(
  sequence: Sequence,
  seriesId: string,
  data: ReserveRange,
  execute: Execute,
): Promise<{ readonly range: GrantedRange; readonly result: SeriesResult }> {
  const command = { type: 'ReserveRange', data } as const;
  const result = await executeInPeriods({
    execute: (period) => execute(seriesDecider, seriesStream(seriesId, period), command),
    openNewest: () => openNewest(sequence, seriesId),
    close: (period) => closePeriod(sequence, seriesId, period),
    periodEvents: SERIES_PERIOD_EVENTS,
  });
  // A device uses no number before this has returned: the numbers know their device by then.
  for (const event of result.events.filter(isFollowed)) await followSeries(sequence, event);
  const granted = result.events.find((event) => event.type === 'FiscalRangeGranted');
  const range = granted?.data ?? rangeAfter(result.state, data, sequence.context.now);
  if (!range) throw new InvariantError('a range of the device', { seriesId });
  return { range, result };
}

async function openNewest(sequence: Sequence, seriesId: string): Promise<number> {
  const { period, state } = await newestOfSeries(sequence, sequence.context.storeId, seriesId);
  if (state.status !== 'closed') return period;
  await openPeriod(sequence, seriesId, period + 1);
  return period + 1;
}

/** The same command from every instance: the period is closed once. */
async function closePeriod(sequence: Sequence, seriesId: string, period: number): Promise<void> {
  const command = { type: 'ClosePeriod', data: {} } as const;
  const id = seriesStream(seriesId, period);
  try {
    await dispatch(sequence, `close ${period}`, seriesDecider, id, command);
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
  await openPeriod(sequence, seriesId, period + 1);
}

/** Continues what the period before carried over, unless that has been done. */
async function openPeriod(sequence: Sequence, seriesId: string, period: number): Promise<void> {
  const { commands, context } = sequence;
  const stateOf = async (one: number) =>
    (await commands.load(seriesDecider, context.storeId, seriesStream(seriesId, one))).state;
  if ((await stateOf(period)).status !== 'none') return;
  const { status, settings, next, ranges } = await stateOf(period - 1);
  if (status !== 'closed' || settings === null) {
    throw new InvariantError('a closed period before', { seriesId, period });
  }
  const data = { seriesId, period, settings, next, ranges: [...ranges] };
  const id = seriesStream(seriesId, period);
  await dispatch(sequence, `open ${period}`, seriesDecider, id, { type: 'OpenPeriod', data });
}
