import { DomainError } from './errors.ts';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_1970 = 719_468;

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/**
 * A business day `YYYY-MM-DD` as a count of days since 1970-01-01 in the proleptic Gregorian
 * calendar, so that days can be subtracted without a clock or a time zone. The year is reckoned
 * from March, which puts the leap day last and makes the months before it regular.
 * @throws DomainError invalid_request when the text is no day of the calendar.
 */
export function dayNumber(day: string): number {
  if (!isDay(day)) {
    throw new DomainError('invalid_request', `expected a day YYYY-MM-DD, found ${day}`, { day });
  }
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + date - 1;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - DAYS_TO_1970;
}

/** Whether the text is a day `YYYY-MM-DD` of the calendar. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text);
  const [year, month, date] = match ? match.slice(1).map(Number) : [];
  return (
    year !== undefined &&
    month !== undefined &&
    date !== undefined &&
    date >= 1 &&
    date <= daysInMonth(year, month)
  );
}

/**
 * The day before a business day `YYYY-MM-DD`.
 * @throws DomainError invalid_request when the text is no day of the calendar.
 */
export function dayBefore(day: string): string {
  dayNumber(day);
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  if (date > 1) return dayOf(year, month, date - 1);
  if (month > 1) return dayOf(year, month - 1, daysInMonth(year, month - 1));
  return dayOf(year - 1, 12, 31);
}

function dayOf(year: number, month: number, date: number): string {
  return [String(year).padStart(4, '0'), ...[month, date].map(twoDigits)].join('-');
}

const twoDigits = (number: number) => String(number).padStart(2, '0');
