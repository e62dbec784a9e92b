import fc from 'fast-check';

import { isoTime } from '../../src/lib/iso-time.ts';

describe('isoTime', () => {
  it('is what Date writes, for every time until the year 9999', () => {
    const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(times, (ms) => {
        expect(isoTime(ms)).toBe(new Date(ms).toISOString());
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['2000-02-29T23:59:59.999Z', '2100-02-28T12:00:00.000Z', '1970-01-01T00:00:00.000Z'])(
    'knows %s',
    (text) => {
      expect(isoTime(Date.parse(text))).toBe(text);
    },
  );
});
