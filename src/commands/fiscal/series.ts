import {
  type GrantedRange,
  isPaused,
  rangeAfter,
  type ReserveRange,
  SERIES_PERIOD_EVENTS,
  type SeriesCommand,
  seriesDecider,
  type SeriesEvent,
  type SeriesState,
  seriesStream,
} from '../../domain/fiscal/index.ts';
import {
  ConflictError,
  DomainError,
  InvariantError,
  NotFoundError,
} from '../../domain/kernel/errors.ts';
import type { CommandEngine, CommandResult } from '../../engine/commands/command-engine.ts';
import { executeInPeriods, isClosed, newestPeriod } from '../../engine/commands/periods.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';
import { generationOf } from '../restores/generation.ts';
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
 * @throws ConflictError fiscal_series_paused after a restore of the log; what the device says that
 * it has is recorded first.
 */
export async function reserveRange(
  sequence: Sequence,
  seriesId: string,
  data: ReserveRange,
  execute: Execute,
): Promise<{ readonly range: GrantedRange; readonly result: SeriesResult }> {
  await assertNotPaused(sequence, seriesId, data);
  const command = { type: 'ReserveRange', data } as const;
  const result = await inPeriods(sequence, seriesId, (id) => execute(seriesDecider, id, command));
  // A device uses no number before this has returned: the numbers know their device by then.
  for (const event of result.events.filter(isFollowed)) await followSeries(sequence, event);
  const granted = result.events.find((event) => event.type === 'FiscalRangeGranted');
  const range = granted?.data ?? rangeAfter(result.state, data, sequence.context.now);
  if (!range) throw new InvariantError('a range of the device', { seriesId });
  return { range, result };
}

/** A device gets what it was granted for sure; what it says that it has is recorded. */
async function assertNotPaused(sequence: Sequence, seriesId: string, data: ReserveRange) {
  const { commands, context } = sequence;
  const generation = await generationOf(commands);
  const { state } = await newestOfSeries(sequence, context.storeId, seriesId);
  if (!isPaused(state, generation) || state.settings === null) return;
  if (rangeAfter(state, data, context.now)) return;
  const { deviceId, holdsThrough: heldThrough } = data;
  if (heldThrough) await leaveOut(sequence, seriesId, { deviceId, heldThrough });
  const message = `the log was restored: series ${seriesId} waits for a manager`;
  throw new ConflictError('fiscal_series_paused', message, { seriesId });
}

/**
 * A device has a number that the series does not know: it, and all before it, are never granted.
 * A series that does not exist, or a number far from all others, changes nothing.
 */
export async function leaveOut(
  sequence: Sequence,
  seriesId: string,
  data: Extract<SeriesCommand, { type: 'LeaveOut' }>['data'],
): Promise<void> {
  const commandId = stepId(sequence, `left out ${data.heldThrough}`);
  const command = { type: 'LeaveOut', data } as const;
  try {
    const { events } = await inPeriods(sequence, seriesId, (id) =>
      dispatch(sequence, commandId, seriesDecider, id, command),
    );
    for (const event of events.filter(isFollowed)) await followSeries(sequence, event);
  } catch (error) {
    const isOther = error instanceof DomainError && IGNORED.includes(error.code);
    if (!isOther && !(error instanceof NotFoundError)) throw error;
  }
}

/** Gives out numbers again after a restore of the log, beyond all that may be held already. */
export async function resumeSeries(
  sequence: Sequence,
  seriesId: string,
  data: Omit<Extract<SeriesCommand, { type: 'ResumeSeries' }>['data'], 'generation'>,
  execute: Execute,
): Promise<SeriesResult> {
  const generation = await generationOf(sequence.commands);
  const command = { type: 'ResumeSeries', data: { ...data, generation } } as const;
  const result = await inPeriods(sequence, seriesId, (id) => execute(seriesDecider, id, command));
  for (const event of result.events.filter(isFollowed)) await followSeries(sequence, event);
  return result;
}

const IGNORED: readonly string[] = ['invalid_request', 'fiscal_series_not_found'];

function inPeriods(
  sequence: Sequence,
  seriesId: string,
  execute: (entityId: string) => Promise<SeriesResult>,
): Promise<SeriesResult> {
  return executeInPeriods({
    execute: (period) => execute(seriesStream(seriesId, period)),
    openNewest: () => openNewest(sequence, seriesId),
    close: (period) => closePeriod(sequence, seriesId, period),
    periodEvents: SERIES_PERIOD_EVENTS,
  });
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
  const { status, settings, next, ranges, generation } = await stateOf(period - 1);
  if (status !== 'closed' || settings === null) {
    throw new InvariantError('a closed period before', { seriesId, period });
  }
  const data = { seriesId, period, settings, next, ranges: [...ranges], generation };
  const id = seriesStream(seriesId, period);
  await dispatch(sequence, `open ${period}`, seriesDecider, id, { type: 'OpenPeriod', data });
}
