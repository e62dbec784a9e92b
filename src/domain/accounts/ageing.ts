import { dayNumber } from '../kernel/business-day.ts';
import { addMinor } from '../kernel/money.ts';

/** The fields of a debt that its age depends on. */
export interface AgeingDebt {
  readonly remainingMinor: number;
  /** Business day of its opening, `YYYY-MM-DD`. */
  readonly openedOn: string;
  readonly dueDate?: string;
}

/** Owed amounts in minor units by how many days they have been due. */
export interface Ageing {
  /** Includes debts that are not due yet. */
  readonly days0To30Minor: number;
  readonly days31To60Minor: number;
  readonly days61To90Minor: number;
  readonly daysOver90Minor: number;
  readonly totalMinor: number;
}

/**
 * Sorts open debts into ages on a business day, counted from the due date, or from the day of
 * opening when there is none. A debt not due yet counts as 0 days old.
 * @throws DomainError invalid_request for a text that is not a day `YYYY-MM-DD`;
 *   amount_out_of_range for debts whose sum a number cannot hold exactly.
 */
export function ageing(debts: readonly AgeingDebt[], onDay: string): Ageing {
  const today = dayNumber(onDay);
  const ages = {
    days0To30Minor: 0,
    days31To60Minor: 0,
    days61To90Minor: 0,
    daysOver90Minor: 0,
    totalMinor: 0,
  };
  for (const debt of debts) {
    const days = today - dayNumber(debt.dueDate ?? debt.openedOn);
    const bucket = bucketOf(days);
    ages[bucket] = addMinor(ages[bucket], debt.remainingMinor);
    ages.totalMinor = addMinor(ages.totalMinor, debt.remainingMinor);
  }
  return ages;
}

function bucketOf(days: number): Exclude<keyof Ageing, 'totalMinor'> {
  if (days <= 30) return 'days0To30Minor';
  if (days <= 60) return 'days31To60Minor';
  if (days <= 90) return 'days61To90Minor';
  return 'daysOver90Minor';
}

/**
 * True from the day after the due date on; a debt without a due date is never overdue.
 * @throws DomainError invalid_request for a text that is not a day `YYYY-MM-DD`.
 */
export function isOverdue(debt: { readonly dueDate?: string }, onDay: string): boolean {
  return debt.dueDate !== undefined && dayNumber(debt.dueDate) < dayNumber(onDay);
}
