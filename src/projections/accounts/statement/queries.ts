import {
  between,
  findPage,
  type Page,
  type PageRequest,
  type Reads,
} from '../../../engine/projections/reads.ts';
import type { StatementLine } from './document.ts';
import { accountStatement } from './projection.ts';

/** A customer's statement, oldest line first, whole or over some business days (both inclusive). */
export function readStatement(
  reads: Reads,
  customerId: string,
  days: { from?: string | undefined; to?: string | undefined },
  page: PageRequest,
): Promise<Page<StatementLine>> {
  const range = between('day', days.from, days.to);
  const orderBy = 'revision';
  return findPage(reads, accountStatement.name, { where: { customerId }, ...range, orderBy }, page);
}
