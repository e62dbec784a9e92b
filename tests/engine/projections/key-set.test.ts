import fc from 'fast-check';

import { createKeySet } from '../../../src/engine/projections/audit/key-set.ts';

describe('a set of keys', () => {
  it('has the keys that were added and no others', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (added, asked) => {
        const set = createKeySet();
        for (const key of added) set.add(key);
        const expected = new Set(added);
        for (const key of [...added, ...asked]) expect(set.has(key)).toBe(expected.has(key));
      }),
    );
  });

  it('keeps apart a hundred thousand keys that differ in one place', () => {
    const keyOf = (i: number) => `store-1.0191b0c2-7a31-7000-8000-${String(i).padStart(12, '0')}`;
    const set = createKeySet();
    for (let i = 0; i < 200_000; i += 2) set.add(keyOf(i));
    const wrong = [];
    for (let i = 0; i < 200_000; i++) if (set.has(keyOf(i)) !== (i % 2 === 0)) wrong.push(i);
    expect(wrong).toEqual([]);
  });
});
