import { productDecider } from '../../domain/catalog/index.ts';
import {
  availableOf,
  MAIN_LOCATION,
  nextEnd,
  PERIOD_EVENTS,
  placeOf,
  type StockCommand,
  stockDecider,
  stockDeciderWith,
  type StockEvent,
  type StockFacts,
  stockId,
  type StockPlace,
  type StockState,
} from '../../domain/inventory/index.ts';
import { ConflictError, DomainError, NotFoundError } from '../../domain/kernel/errors.ts';
import type { CommandResult } from '../../engine/commands/command-engine.ts';
import { executeInPeriods, isClosed } from '../../engine/commands/periods.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';
import { closePeriod, newestStock, openNewest } from './periods.ts';

export type StockResult = CommandResult<StockState, StockEvent>;
type Reading = Pick<Sequence, 'commands'>;
/** Executes the command of a request itself, with its own id. */
type Execute = (
  decider: ReturnType<typeof stockDeciderWith>,
  entityId: string,
  command: StockCommand,
) => Promise<StockResult>;

/** What goes on after stock-keeping ended: goods arrive, and reservations end. */
const ENDINGS: ReadonlySet<StockCommand['type']> = new Set([
  'TransferIn',
  'Confirm',
  'Renew',
  'Release',
]);
/** More than all reservations need, and than a command needs again after it was interrupted. */
const MAX_BATCHES = 50;
const FORMERLY_KEPT: StockFacts = { policy: 'tracked' };

/** The place of a product; the main one where no location is named. */
export function placeAt(productId: string, locationId: string = MAIN_LOCATION): StockPlace {
  return { productId, locationId };
}

/**
 * How stock of a product is kept; undefined when it is not.
 * @throws NotFoundError product_not_found.
 */
export async function stockFacts(
  { commands }: Reading,
  storeId: string,
  productId: string,
): Promise<StockFacts | undefined> {
  const { state } = await commands.load(productDecider, storeId, productId);
  if (state.status === 'none') {
    throw new NotFoundError('product_not_found', `there is no product ${productId}`, { productId });
  }
  return state.stockPolicy === 'none' ? undefined : { policy: state.stockPolicy };
}

/**
 * Executes a command to the stock of a product in one place, in the period that is open.
 *
 * A stock of many movements has several streams, a period each, so that none grows without a limit.
 * @throws NotFoundError product_not_found, reservation_not_found.
 * @throws DomainError stock_not_kept, and those of the rules.
 */
export async function commandStock(
  sequence: Sequence,
  place: StockPlace,
  command: StockCommand,
  execute: Execute,
): Promise<StockResult> {
  const { productId } = place;
  const kept = await stockFacts(sequence, sequence.context.storeId, productId);
  const facts = kept ?? (ENDINGS.has(command.type) ? FORMERLY_KEPT : undefined);
  if (!facts) {
    const message = `no stock is kept of product ${productId}`;
    throw new DomainError('stock_not_kept', message, { productId });
  }
  const decider = stockDeciderWith(facts);
  return executeInPeriods({
    execute: (period) =>
      withoutOverdue(sequence, stockId(place, period), (id) => execute(decider, id, command)),
    openNewest: () => openNewest(sequence, place),
    close: (period) => closePeriod(sequence, place, period),
    periodEvents: PERIOD_EVENTS,
  });
}

/** Asks again once the reservations that are too many for the decision itself are released. */
async function withoutOverdue(
  sequence: Sequence,
  id: string,
  ask: (id: string) => Promise<StockResult>,
): Promise<StockResult> {
  for (let batch = 1; ; batch++) {
    try {
      return await ask(id);
    } catch (error) {
      if (!isOverdue(error) || batch > MAX_BATCHES) throw error;
    }
    await releaseSome(sequence, stepId(sequence, `overdue ${batch}`), id);
  }
}

/** As `commandStock`, with an id that derives from the sequence. */
export function stepStock(
  sequence: Sequence,
  commandId: string,
  place: StockPlace,
  command: StockCommand,
): Promise<StockResult> {
  return commandStock(sequence, place, command, (decider, entityId, asked) =>
    dispatch(sequence, commandId, decider, entityId, asked),
  );
}

/**
 * Releases reservations of a period whose time is over, as many as one decision does, and closes it
 * when it is full. A closed period has none: the next one took them over.
 * @returns when the next of those that are left ends, which may be past; undefined for none.
 */
export async function releaseExpired(sequence: Sequence, id: string): Promise<string | undefined> {
  try {
    const { revision, state } = await releaseSome(sequence, sequence.commandId, id);
    return revision < PERIOD_EVENTS ? nextEnd(state.reservations) : undefined;
  } catch (error) {
    if (isClosed(error)) return undefined;
    throw error;
  }
}

async function releaseSome(sequence: Sequence, commandId: string, id: string) {
  const command = { type: 'ReleaseExpired', data: {} } as const;
  const result = await dispatch(sequence, commandId, stockDecider, id, command);
  const { period, ...place } = placeOf(id);
  if (result.revision >= PERIOD_EVENTS) await closePeriod(sequence, place, period);
  return result;
}

function isOverdue(error: unknown): boolean {
  return error instanceof ConflictError && error.details['toRelease'] !== undefined;
}

export interface Availability {
  /** False where no stock is kept: as many as wanted are available. */
  readonly tracked: boolean;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  /** Whether so many could be reserved now. */
  readonly sufficient: boolean;
}

/**
 * How many units are available at that moment, read from the log: reservations whose time is over
 * no longer count.
 * @throws NotFoundError product_not_found.
 */
export async function checkAvailability(
  reading: Reading,
  storeId: string,
  place: StockPlace,
  quantity: number,
  now: string,
): Promise<Availability> {
  const facts = await stockFacts(reading, storeId, place.productId);
  // Between two periods the closed one still says what there is.
  const { state } = await newestStock(reading, storeId, place);
  const expired = state.reservations
    .filter(({ expiresAt }) => expiresAt <= now)
    .reduce((sum, { quantity: units }) => sum + units, 0);
  const { onHand } = state;
  const reserved = state.reserved - expired;
  const available = availableOf({ onHand, reserved });
  const sufficient = facts?.policy !== 'tracked' || quantity <= available;
  return { tracked: facts !== undefined, onHand, reserved, available, sufficient };
}
