import fc from 'fast-check';

import { formatInstant, parseInstant } from '../../../src/domain/kernel/instant.ts';

const YEAR_0 = -62_167_219_200_000;
const YEAR_9999 = 253_402_300_799_999;

describe('instants', () => {
  it('are written and read as the platform does it', () => {
    fc.assert(
      fc.property(fc.integer({ min: YEAR_0, max: YEAR_9999 }), (ms) => {
        const text = new Date(ms).toISOString();
        expect(formatInstant(ms)).toBe(text);
        expect(parseInstant(text)).toBe(ms);
      }),
    );
  });

  it.each([
    ['2028-02-29T23:59:59.999Z', 1_835_481_599_999],
    ['1999-12-31T00:00:00Z', 946_598_400_000],
    ['2026-01-01T00:00:00.123456Z', 1_767_225_600_123],
  ])('reads %s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each(['', '2026-01-01', '2026-01-01T00:00:00+02:00', 'tomorrow'])(
    'does not read %j',
    (text) => {
      expect(parseInstant(text)).toBeUndefined();
    },
  );
});
