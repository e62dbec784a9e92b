import {
  between,
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { DailySales } from './document.ts';
import { dailySales } from './projection.ts';

/** Business days in order, both ends inclusive. Days without any sale have no entry. */
export function readDailySales(
  reads: Reads,
  days: { from?: string | undefined; to?: string | undefined },
  page: PageRequest,
): Promise<Page<DailySales>> {
  const range = between('day', days.from, days.to);
  return findPage(reads, dailySales.name, { ...range, orderBy: 'day' }, page);
}
