import fc from 'fast-check';

import { dayBefore, dayNumber, isDay } from '../../../src/domain/kernel/business-day.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';

const MS_PER_DAY = 86_400_000;

describe('dayNumber', () => {
  it('counts days from 1970-01-01', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    expect(dayNumber('1970-01-02')).toBe(1);
    expect(dayNumber('1969-12-31')).toBe(-1);
    expect(dayNumber('2000-02-29')).toBe(11_016);
    expect(dayNumber('0000-03-01')).toBe(-719_468);
  });

  it('agrees with the UTC calendar on every day of the years 1000 to 9999', () => {
    const first = Date.UTC(1000, 0, 1) / MS_PER_DAY;
    const last = Date.UTC(9999, 11, 31) / MS_PER_DAY;
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (days) => {
        const day = new Date(days * MS_PER_DAY).toISOString().slice(0, 10);
        expect(dayNumber(day)).toBe(days);
        expect(dayNumber(dayBefore(day))).toBe(days - 1);
        expect(isDay(day)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '2025-02-29',
    '1900-02-29',
    '2025-04-31',
    '2025-13-01',
    '2025-00-10',
    '2025-01-00',
    '2025-1-01',
    '2025-01-01T00:00:00Z',
    'tomorrow',
    '',
  ])('refuses %p as a day', (day) => {
    expect(() => dayNumber(day)).toThrow(DomainError);
    expect(() => dayBefore(day)).toThrow(DomainError);
    expect(isDay(day)).toBe(false);
  });
});

describe('dayBefore', () => {
  it('knows how long the month before is', () => {
    expect(dayBefore('2024-03-01')).toBe('2024-02-29');
    expect(dayBefore('1900-03-01')).toBe('1900-02-28');
    expect(dayBefore('2025-05-01')).toBe('2025-04-30');
    expect(dayBefore('2025-01-01')).toBe('2024-12-31');
    expect(dayBefore('2025-01-10')).toBe('2025-01-09');
  });
});
