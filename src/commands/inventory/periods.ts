import {
  stockDecider,
  stockId,
  type StockPlace,
  type StockState,
} from '../../domain/inventory/index.ts';
import { InvariantError } from '../../domain/kernel/errors.ts';
import { isClosed, newestPeriod } from '../../engine/commands/periods.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';

type Reading = Pick<Sequence, 'commands'>;

/** The newest period of a stock; it may be closed, until the next one is opened. */
export function newestStock(
  { commands }: Reading,
  storeId: string,
  place: StockPlace,
): Promise<{ readonly period: number; readonly state: StockState }> {
  return newestPeriod(
    async (period) => (await commands.load(stockDecider, storeId, stockId(place, period))).state,
  );
}

/** The newest period, which is opened when the one before it is closed already. */
export async function openNewest(sequence: Sequence, place: StockPlace): Promise<number> {
  const { period, state } = await newestStock(sequence, sequence.context.storeId, place);
  if (state.status !== 'closed') return period;
  await openPeriod(sequence, place, period + 1);
  return period + 1;
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
