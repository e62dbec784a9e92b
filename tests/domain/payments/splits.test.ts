import fc from 'fast-check';

import { splitByAmounts, splitByItems, splitByShares } from '../../../src/domain/payments/index.ts';

const sum = (parts: readonly { amountMinor: number }[]) =>
  parts.reduce((total, { amountMinor }) => total + amountMinor, 0);
const total = fc.integer({ min: 0, max: 1_000_000_000_000 });

describe('a split', () => {
  it('by share gives the first payers the minor units that are left', () => {
    expect(splitByShares(100, [1, 1, 1]).map(({ amountMinor }) => amountMinor)).toEqual([
      34, 33, 33,
    ]);
    expect(splitByShares(1_000, [1, 3])).toEqual([{ amountMinor: 250 }, { amountMinor: 750 }]);
  });

  it('by share sums to the whole, and equal shares differ by one at most', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(total, shares, (totalMinor, weights) => {
        expect(sum(splitByShares(totalMinor, weights))).toBe(totalMinor);
        const equal = splitByShares(
          totalMinor,
          weights.map(() => 1),
        ).map((p) => p.amountMinor);
        expect(Math.max(...equal) - Math.min(...equal)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('by amount leaves the rest to a last part, and refuses more than the whole', () => {
    expect(splitByAmounts(100, [30, 20])).toEqual([
      { amountMinor: 30 },
      { amountMinor: 20 },
      { amountMinor: 50 },
    ]);
    expect(splitByAmounts(100, [60, 40])).toHaveLength(2);
    expect(() => splitByAmounts(100, [60, 41])).toThrow(/expected amounts of at most 100/);
  });

  it('by item divides what belongs to no line by the value of the lines', () => {
    const lines = [
      { lineId: 'a', totalMinor: 600 },
      { lineId: 'b', totalMinor: 300 },
      { lineId: 'c', totalMinor: 100 },
    ];
    expect(splitByItems(1_100, lines, [['a'], ['b']])).toEqual([
      { amountMinor: 660, lineIds: ['a'] },
      { amountMinor: 330, lineIds: ['b'] },
      { amountMinor: 110, lineIds: ['c'] },
    ]);
    expect(() => splitByItems(1, lines, [['x']])).toThrow(/no line x/);
    expect(() => splitByItems(1, lines, [['a'], ['a']])).toThrow(/in one part only/);
  });

  it('by item sums to the whole, whatever the lines', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(total, values, fc.nat(39), (totalMinor, totals, cut) => {
        const lines = totals.map((totalMinor, i) => ({ lineId: `l${i}`, totalMinor }));
        const ids = lines.map(({ lineId }) => lineId);
        const groups = [ids.slice(0, cut), ids.slice(cut)].filter(({ length }) => length > 0);
        expect(sum(splitByItems(totalMinor, lines, groups))).toBe(totalMinor);
      }),
    );
  });
});
