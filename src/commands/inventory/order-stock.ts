import type { StockFacts } from '../../domain/inventory/index.ts';
import { DomainError, type ErrorCode } from '../../domain/kernel/errors.ts';
import { formatQuantity, parseQuantity, QUANTITY_SCALE } from '../../domain/kernel/quantity.ts';
import { RefusedError } from '../../engine/commands/command-engine.ts';
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
  readonly locationId?: string;
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
  const ids = [...sums.keys()];
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
  { reservationId, locationId, needs }: OrderReservation,
  expiresInSeconds: number,
): Promise<ReserveOutcome> {
  const held: StockNeed[] = [];
  for (const need of needs) {
    const { productId, quantity } = need;
    const data = { reservationId, quantity, expiresInSeconds };
    const id = stepId(sequence, `reserve ${productId}`);
    try {
      await stepStock(sequence, id, placeAt(productId, locationId), { type: 'Reserve', data });
      held.push(need);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const { code, message } = error;
      await releaseNeeds(sequence, { reservationId, needs: held, ...at(locationId) });
      return { outcome: 'refused', productId, code, message };
    }
  }
  return { outcome: 'reserved' };
}

const at = (locationId: string | undefined) => (locationId === undefined ? {} : { locationId });

/** Releases the reservations of an order; those whose time is over are released already. */
export async function releaseNeeds(
  sequence: Sequence,
  { reservationId, locationId, needs }: OrderReservation,
): Promise<void> {
  for (const { productId } of needs) {
    const id = stepId(sequence, `release ${productId}`);
    const data = { reservationId, reason: 'cancelled' } as const;
    await stepStock(sequence, id, placeAt(productId, locationId), { type: 'Release', data });
  }
}

/**
 * Takes the reserved units of an order out of the stock.
 * @throws RefusedError reservation_ended, when the time of one was over before; those before it are
 *   confirmed, and a later reservation can take its place.
 */
export async function confirmNeeds(
  sequence: Sequence,
  { reservationId, locationId, needs }: OrderReservation,
): Promise<void> {
  for (const { productId } of needs) {
    const id = stepId(sequence, `confirm ${productId}`);
    const place = placeAt(productId, locationId);
    await stepStock(sequence, id, place, { type: 'Confirm', data: { reservationId } });
  }
}
