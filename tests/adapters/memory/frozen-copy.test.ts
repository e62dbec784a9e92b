import fc from 'fast-check';

import { frozenCopy } from '../../../src/adapters/memory/frozen-copy.ts';
import { isFrozen } from '../../support/is-frozen.ts';

const anything = fc.anything({
  withDate: true,
  withNullPrototype: true,
  withSparseArray: true,
});

describe('a frozen copy', () => {
  it('equals the parsed JSON of the value, frozen at every depth', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = JSON.stringify(value) as string | undefined;
        const copy = frozenCopy(value);
        expect(JSON.stringify(copy)).toBe(text);
        if (text !== undefined) expect(copy).toStrictEqual(JSON.parse(text));
        expect(isFrozen(copy)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('shares nothing with the value', () => {
    const value = { a: [{ b: 1 }], gone: undefined };
    const copy = frozenCopy(value);
    (value.a[0] as { b: number }).b = 2;
    expect(copy).toStrictEqual({ a: [{ b: 1 }] });
  });

  it('keeps a field of the name __proto__ as a field', () => {
    const value = JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>;
    expect(JSON.stringify(frozenCopy(value))).toBe('{"__proto__":{"admin":true}}');
    expect((frozenCopy(value) as { admin?: boolean }).admin).toBeUndefined();
  });

  it('rejects values without JSON', () => {
    expect(() => frozenCopy({ a: 1n })).toThrow(TypeError);
  });
});
