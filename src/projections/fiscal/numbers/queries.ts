import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { FiscalNumberDocument } from './document.ts';
import { fiscalNumberModel, placeOfNumber } from './projection.ts';

export interface NumberFilter {
  readonly seriesId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly isOpen?: 'yes' | 'no' | undefined;
  /** The first number; absent: that of the series. */
  readonly from?: number | undefined;
  /** The last number; absent: that of the series. */
  readonly to?: number | undefined;
}

/** Numbers of a series that devices got or used, in their order. */
export function listNumbers(
  reads: Reads,
  { from, to, ...filter }: NumberFilter,
  page: PageRequest,
): Promise<Page<FiscalNumberDocument>> {
  const range = {
    field: 'place',
    ...(from !== undefined && { from: placeOfNumber(from) }),
    ...(to !== undefined && { below: placeOfNumber(to + 1) }),
  };
  const query = { orderBy: 'place', direction: 'ascending', range } as const;
  return findPage(reads, fiscalNumberModel.name, { where: wherePresent(filter), ...query }, page);
}
