import { invariant } from '../kernel/invariant.ts';

/** The product and the place of a stock. */
export interface StockPlace {
  readonly productId: string;
  readonly locationId: string;
}

/** The id of one period of a stock: `<period>:<location>:<product>`. */
export function stockId({ productId, locationId }: StockPlace, period: number): string {
  return `${period}:${locationId}:${productId}`;
}

/** What an id of `stockId` was made of. Neither a period nor a location contains a colon. */
export function placeOf(id: string): StockPlace & { readonly period: number } {
  const [, period, locationId, productId] = /^(\d+):([\w-]+):(.+)$/s.exec(id) ?? [];
  const known = period !== undefined && locationId !== undefined && productId !== undefined;
  invariant(known, 'an id of a stock', { id });
  return { period: Number(period), locationId, productId };
}
