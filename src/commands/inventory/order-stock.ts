import type { StockCommand, StockFacts } from '../../domain/inventory/index.ts';
import { DomainError, type ErrorCode, type TillstreamError } from '../../domain/kernel/errors.ts';
import { formatQuantity, parseQuantity, QUANTITY_SCALE } from '../../domain/kernel/quantity.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { type Sequence, stepId } from '../../engine/commands/sequence.ts';
import { placeAt, stepStock, stockFacts } from './stock.ts';

/** A line of an order that may need stock; lines without a product need none. */
export interface StockLine {
  readonly productId?: string;
  /** A decimal, as orders have it. */
  readonly quantity: string;
}

/** What an order needs of one product, all its lines together. */
export interface StockNeed {
  readonly productId: string;
  readonly quantity: number;
}

export interface OrderReservation {
  /** Names the reservation in the stock of every product: the order. */
  readonly reservationId: string;
  readonly needs: readonly StockNeed[];
}

export type ReserveOutcome =
  | { readonly outcome: 'reserved' }
  | {
      readonly outcome: 'refused';
      readonly productId: string;
      readonly code: ErrorCode;
      readonly message: string;
    };

/**
 * What the lines need, by product; products without stock-keeping are left out. Two lines of one
 * product are one need, so that they are reserved together or not at all.
 * @throws NotFoundError product_not_found.
 * @throws DomainError fractional_quantity for part of a unit of a product with stock-keeping.
 */
export async function stockNeeds(
  sequence: Pick<Sequence, 'commands'>,
  storeId: string,
  lines: readonly StockLine[],
): Promise<readonly StockNeed[]> {
  const sums = new Map<string, bigint>();
  for (const { productId, quantity } of lines) {
    if (productId === undefined) continue;
    sums.set(productId, (sums.get(productId) ?? 0n) + parseQuantity(quantity));
  }
  // All orders take products in one sequence: of two for the same units, one gets them all.
  const ids = [...sums.keys()].sort();
  const facts = await Promise.all(ids.map((id) => stockFacts(sequence, storeId, id)));
  return ids.flatMap((productId, place) => needOf(productId, sums.get(productId), facts[place]));
}

function needOf(
  productId: string,
  sum: bigint = 0n,
  facts: StockFacts | undefined,
): readonly StockNeed[] {
  if (!facts) return [];
  if (sum % QUANTITY_SCALE === 0n) return [{ productId, quantity: Number(sum / QUANTITY_SCALE) }];
  const found = formatQuantity(sum);
  const message = `expected whole units of product ${productId}, found ${found}`;
  throw new DomainError('fractional_quantity', message, { productId, found });
}

/**
 * Reserves all needs or none: when one is refused, those before it are released. Idempotent: a
 * repeat, also after a crash at any step, ends as the first time.
 */
export async function reserveNeeds(
  sequence: Sequence,
  { reservationId, needs }: OrderReservation,
  expiresInSeconds: number,
): Promise<ReserveOutcome> {
  const held: StockNeed[] = [];
  for (const need of needs) {
    const { productId, quantity } = need;
    const data = { reservationId, quantity, expiresInSeconds };
    const refusal = await tryStock(sequence, 'reserve', productId, { type: 'Reserve', data });
    if (refusal) {
      await releaseNeeds(sequence, { reservationId, needs: held });
      return { outcome: 'refused', productId, code: refusal.code, message: refusal.message };
    }
    held.push(need);
  }
  return { outcome: 'reserved' };
}

/** Has reservations hold longer. One that has ended stays so. */
export async function renewNeeds(
  sequence: Sequence,
  { reservationId, needs }: OrderReservation,
  expiresInSeconds: number,
): Promise<void> {
  const data = { reservationId, expiresInSeconds };
  for (const { productId } of needs) {
    await tryStock(sequence, 'renew', productId, { type: 'Renew', data });
  }
}

/** Releases the reservations of an order. One that has ended, or never was, changes nothing. */
export async function releaseNeeds(
  sequence: Sequence,
  { reservationId, needs }: OrderReservation,
): Promise<void> {
  const data = { reservationId, reason: 'cancelled' } as const;
  for (const { productId } of needs) {
    await tryStock(sequence, 'release', productId, { type: 'Release', data });
  }
}

/**
 * Takes the units of an order out of the stock. Where a reservation has ended, the units are
 * reserved again.
 * @returns the products whose units could not be had any more.
 */
export async function confirmNeeds(
  sequence: Sequence,
  { reservationId, needs }: OrderReservation,
  expiresInSeconds: number,
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { productId, quantity } of needs) {
    const confirm = (id: string, step: string) =>
      tryStock(sequence, step, productId, { type: 'Confirm', data: { reservationId: id } });
    if (!(await confirm(reservationId, 'confirm'))) continue;
    const again = `${reservationId}:again`;
    const data = { reservationId: again, quantity, expiresInSeconds };
    const refusal =
      (await tryStock(sequence, 'reserve again', productId, { type: 'Reserve', data })) ??
      (await confirm(again, 'confirm again'));
    if (refusal) lost.push(productId);
  }
  return lost;
}

/** Puts units that had left back into the stock. */
export async function restockNeeds(
  sequence: Sequence,
  needs: readonly StockNeed[],
  reference: string,
): Promise<void> {
  for (const { productId, quantity } of needs) {
    const data = { quantity, reference };
    await tryStock(sequence, 'restock', productId, { type: 'Replenish', data });
  }
}

/** @returns the final refusal of the command, if the rules refused it. */
async function tryStock(
  sequence: Sequence,
  step: string,
  productId: string,
  command: StockCommand,
): Promise<TillstreamError | undefined> {
  try {
    await stepStock(
      sequence,
      stepId(sequence, `${step} ${productId}`),
      placeAt(productId),
      command,
    );
    return undefined;
  } catch (error) {
    if (isFinalRefusal(error)) return error;
    throw error;
  }
}
