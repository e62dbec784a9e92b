import { omitUndefined } from '../../src/lib/omit-undefined.ts';

describe('omitUndefined', () => {
  it('leaves out what is undefined, and nothing else', () => {
    const fields = { a: 0, b: undefined, c: '', d: null, e: false, f: Number.NaN };
    const kept = omitUndefined(fields);
    expect(kept).toStrictEqual({ a: 0, c: '', d: null, e: false, f: Number.NaN });
    expect(Object.keys(kept)).toEqual(['a', 'c', 'd', 'e', 'f']);
    expect(Object.keys(fields)).toHaveLength(6);
  });

  it('has a type that exact optional fields accept', () => {
    const limit = (given: number | undefined): { name: string; limit?: number } =>
      omitUndefined({ name: 'page', limit: given });
    expect(limit(undefined)).toStrictEqual({ name: 'page' });
    expect(limit(5)).toStrictEqual({ name: 'page', limit: 5 });
  });

  it('copies a field named __proto__ as a field', () => {
    const fields = JSON.parse('{"__proto__": 1}') as object;
    expect(JSON.stringify(omitUndefined(fields))).toBe('{"__proto__":1}');
  });
});
