import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../../engine/projections/reads.ts';
import type { Debt } from './document.ts';
import { debts } from './projection.ts';

export interface DebtFilter {
  readonly status?: Debt['status'] | undefined;
  readonly customerId?: string | undefined;
  /** Only open debts that were due before this business day. */
  readonly overdueOn?: string | undefined;
}

/** Debts by opening, or by due date when only overdue ones are asked for. */
export function listDebts(
  reads: Reads,
  filter: DebtFilter,
  page: PageRequest,
): Promise<Page<Debt>> {
  const { status, customerId, overdueOn } = filter;
  if (overdueOn !== undefined) {
    const where = wherePresent({ status: 'open', customerId });
    // A debt without a due date has '' there and is never overdue.
    const range = { field: 'dueDate', from: '0', below: overdueOn };
    return findPage(reads, debts.name, { where, range, orderBy: 'dueDate' }, page);
  }
  const where = wherePresent({ status, customerId });
  return findPage(reads, debts.name, { where, orderBy: 'openedAt' }, page);
}
