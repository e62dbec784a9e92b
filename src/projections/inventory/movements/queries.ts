import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { StockMovement } from './document.ts';
import { stockMovements } from './projection.ts';

/** Movements of a product, in one place or in all, newest first. */
export function listMovements(
  reads: Reads,
  productId: string,
  locationId: string | undefined,
  page: PageRequest,
): Promise<Page<StockMovement>> {
  const where = wherePresent({ productId, locationId });
  const query = { where, orderBy: 'at', direction: 'descending' } as const;
  return findPage(reads, stockMovements.name, query, page);
}
