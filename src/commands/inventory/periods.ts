import {
  stockDecider,
  stockId,
  type StockPlace,
  type StockState,
} from '../../domain/inventory/index.ts';
import { ConflictError, InvariantError } from '../../domain/kernel/errors.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';

/**
 * Closed periods before the newest one in which a command may have been handled. A full period is
 * thousands of movements, so a command this old is no repeat any more.
 */
export const PERIODS_BEFORE = 1;

type Reading = Pick<Sequence, 'commands'>;

/**
 * The newest period of a stock, found in a number of loads that grows with the logarithm of the
 * periods. All before it are closed; it may be closed as well, until the next one is opened.
 */
export async function newestPeriod(
  { commands }: Reading,
  storeId: string,
  place: StockPlace,
): Promise<{ readonly period: number; readonly state: StockState }> {
  const read = async (period: number) => {
    const { state } = await commands.load(stockDecider, storeId, stockId(place, period));
    return { period, state };
  };
  let newest = await read(1);
  if (newest.state.status !== 'closed') return newest;
  let missing = 2;
  for (;;) {
    const found = await read(missing);
    if (found.state.status === 'none') break;
    if (found.state.status === 'open') return found;
    newest = found;
    missing *= 2;
  }
  while (missing - newest.period > 1) {
    const found = await read(Math.floor((newest.period + missing) / 2));
    if (found.state.status === 'open') return found;
    if (found.state.status === 'none') missing = found.period;
    else newest = found;
  }
  return newest;
}

/** The newest period, which is opened when the one before it is closed already. */
export async function openNewest(sequence: Sequence, place: StockPlace): Promise<number> {
  const { period, state } = await newestPeriod(sequence, sequence.context.storeId, place);
  if (state.status !== 'closed') return period;
  await openPeriod(sequence, place, period + 1);
  return period + 1;
}

/** Whether a period refused a command because it is closed. */
export function isClosed(error: unknown): boolean {
  return error instanceof ConflictError && error.details['nextPeriod'] !== undefined;
}

/** The same command from every instance: the period is closed once. */
export async function closePeriod(
  sequence: Sequence,
  place: StockPlace,
  period: number,
): Promise<void> {
  const command = { type: 'ClosePeriod', data: {} } as const;
  try {
    await dispatch(sequence, `close ${period}`, stockDecider, stockId(place, period), command);
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
  await openPeriod(sequence, place, period + 1);
}

/** Continues what the period before carried over, unless that has been done. */
async function openPeriod(sequence: Sequence, place: StockPlace, period: number): Promise<void> {
  const { commands, context } = sequence;
  const { storeId } = context;
  const next = await commands.load(stockDecider, storeId, stockId(place, period));
  if (next.state.status !== 'none') return;
  const { state } = await commands.load(stockDecider, storeId, stockId(place, period - 1));
  if (!state.carried) throw new InvariantError('a closed period before', { ...place, period });
  const command = { type: 'OpenPeriod', data: { ...state.carried, period } } as const;
  await dispatch(sequence, `open ${period}`, stockDecider, stockId(place, period), command);
}
