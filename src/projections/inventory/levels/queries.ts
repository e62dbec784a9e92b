import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { StockLevel, StoredLevel } from './document.ts';
import { asLevel, stockLevels } from './projection.ts';

/** Places of one product that a single response adds up. */
const MAX_PLACES = 1_000;

export interface StockFilter {
  readonly productId?: string | undefined;
  readonly locationId?: string | undefined;
  readonly low?: boolean | undefined;
}

/** Stocks in the order of their products and places. */
export async function listStock(
  reads: Reads,
  { productId, locationId, low }: StockFilter,
  page: PageRequest,
): Promise<Page<StockLevel>> {
  const lowText = low === undefined ? undefined : low ? 'yes' : 'no';
  const where = wherePresent({ productId, locationId, lowText });
  const query = { where, orderBy: 'place' };
  const { items, ...next } = await findPage<StoredLevel>(reads, stockLevels.name, query, page);
  return { items: items.map(asLevel), ...next };
}

/** The stock of a product in all its places. */
export async function stockOf(reads: Reads, productId: string): Promise<readonly StockLevel[]> {
  const query = { where: { productId }, orderBy: 'place', limit: MAX_PLACES };
  const found = await reads.find<StoredLevel>(stockLevels.name, query);
  return found.map(({ body }) => asLevel(body));
}
