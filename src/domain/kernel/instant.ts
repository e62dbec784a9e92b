import { InvariantError } from './errors.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Days since 1970-01-01 of a day of the Gregorian calendar, whose years begin in March here. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(ofEra / 4) - Math.floor(ofEra / 100);
  return era * 146_097 + ofEra * 365 + leaps + ofYear - 719_468;
}

/**
 * Milliseconds since 1970-01-01 UTC of a time as RFC 3339 writes it in UTC; undefined for any
 * other text. Finer digits are cut off.
 */
export function parseInstant(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const millis = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const ofDay = hour * HOUR + minute * MINUTE + second * SECOND + millis;
  return dayNumber(year, month, day) * DAY + ofDay;
}

/** A time of the years 0000 to 9999 as RFC 3339 writes it, in UTC, with milliseconds. */
export function formatInstant(ms: number): string {
  const days = Math.floor(ms / DAY);
  const rest = ms - days * DAY;
  const fromMarch = days + 719_468;
  const era = Math.floor(fromMarch / 146_097);
  const ofEra = fromMarch - era * 146_097;
  const cut = Math.floor(ofEra / 1_460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - cut) / 365);
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const ofYear = ofEra - (365 * yearOfEra + leaps);
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const part = (value: number, unit: number, digits: number) =>
    String(Math.floor(value / unit)).padStart(digits, '0');
  const date = `${String(year).padStart(4, '0')}-${part(month, 1, 2)}-${part(day, 1, 2)}`;
  const time = `${part(rest, HOUR, 2)}:${part(rest % HOUR, MINUTE, 2)}:${part(rest % MINUTE, SECOND, 2)}`;
  return `${date}T${time}.${part(rest % SECOND, 1, 3)}Z`;
}

/** Milliseconds since 1970-01-01 UTC of a time that was written here. @throws InvariantError */
export function instantMs(text: string): number {
  const ms = parseInstant(text);
  if (ms === undefined) throw new InvariantError('a time in UTC', { found: text });
  return ms;
}

/** The time that much later, in UTC. @throws InvariantError */
export function plusMs(instant: string, ms: number): string {
  return formatInstant(instantMs(instant) + ms);
}

/** Milliseconds between two times; below 0 when the second is earlier. @throws InvariantError */
export function msBetween(from: string, to: string): number {
  return instantMs(to) - instantMs(from);
}
