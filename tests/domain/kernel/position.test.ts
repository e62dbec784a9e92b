import fc from 'fast-check';

import {
  comparePositions,
  formatPosition,
  parsePosition,
  START,
} from '../../../src/domain/kernel/position.ts';

const number = fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n });
const position = fc.record({ commit: number, prepare: number }, { noNullPrototype: true });

describe('a position', () => {
  it('is written as commit and prepare, and read back, past 2^53 too', () => {
    fc.assert(
      fc.property(position, (given) => {
        expect(parsePosition(formatPosition(given))).toStrictEqual(given);
      }),
    );
    expect(formatPosition({ commit: 9_007_199_254_740_993n, prepare: 7n })).toBe(
      '9007199254740993.7',
    );
  });

  it('of the start is written and read back as well', () => {
    expect(formatPosition(START)).toBe('-1.-1');
    expect(parsePosition('-1.-1')).toStrictEqual(START);
  });

  it.each([
    '',
    '1',
    '1.',
    '.1',
    '1.2.3',
    '1,2',
    '-2.1',
    '+1.1',
    ' 1.1',
    '1.1\n',
    '1.1e3',
    '0x1.1',
    '1n.1n',
    '١.١',
    `${'9'.repeat(20)}.1`,
  ])('is not read from %j', (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });

  it('is ordered by commit, then by prepare', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const byPair = a.commit === b.commit ? a.prepare - b.prepare : a.commit - b.commit;
        expect(comparePositions(a, b)).toBe(byPair < 0n ? -1 : byPair > 0n ? 1 : 0);
        expect(comparePositions(b, a) + comparePositions(a, b)).toBe(0);
      }),
    );
  });

  it('is never before the start', () => {
    fc.assert(
      fc.property(position, (given) => {
        expect(comparePositions(START, given)).toBe(-1);
      }),
    );
  });
});
