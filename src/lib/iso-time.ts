const DAY_MS = 86_400_000;
/** Days of 400 years, after which the calendar repeats. */
const ERA_DAYS = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

/**
 * A time in ms since 1970 as RFC 3339 in UTC, with milliseconds, for code that has no `Date`.
 * The algorithm is Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day is
 * the last of its year.
 */
export function isoTime(ms: number): string {
  const days = Math.floor(ms / DAY_MS) + EPOCH_DAYS;
  const era = Math.floor(days / ERA_DAYS);
  const day = days - era * ERA_DAYS;
  const year = Math.floor(
    (day - Math.floor(day / 1_460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  );
  const ofYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const march = Math.floor((5 * ofYear + 2) / 153);
  const date = ofYear - Math.floor((153 * march + 2) / 5) + 1;
  const month = march < 10 ? march + 3 : march - 9;
  const civilYear = year + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(civilYear, 4)}-${pad(month, 2)}-${pad(date, 2)}T${timeOf(ms)}Z`;
}

function timeOf(ms: number): string {
  const rest = Math.floor(ms) - Math.floor(ms / DAY_MS) * DAY_MS;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor(rest / 60_000) % 60;
  const seconds = Math.floor(rest / 1_000) % 60;
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(rest % 1_000, 3)}`;
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');
