import fc from 'fast-check';

import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import {
  CACHE_KINDS,
  cacheKey,
  categoryOf,
  documentKey,
  escapePart,
  isCacheKey,
  isCategory,
  isDocumentKey,
  isStoreId,
  partsOf,
  storeOf,
  streamName,
  SYSTEM_STORE,
} from '../../../src/domain/kernel/names.ts';

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const storeId = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 32 })
  .map((letters) => letters.join(''));
/** Text that tempts: separators, escapes, marks that encodeURIComponent leaves alone, all of Unicode. */
const part = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }),
  fc
    .array(fc.constantFrom('.', '-', '%', '%2E', '_', 'a', 's1', "'", '(', '*', '!', '~', '/'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((pieces) => pieces.join('')),
);
const category = fc.constantFrom('order', 'account', 'projection');

describe('escaping a part of a name', () => {
  it.each([
    ['order-1_A', 'order-1_A'],
    ['a.b', 'a%2Eb'],
    ['100%', '100%25'],
    ['%2E', '%252E'],
    ["!~*'()", '%21%7E%2A%27%28%29'],
    ['a b/c', 'a%20b%2Fc'],
    ['ñandú', '%C3%B1and%C3%BA'],
    ['line\n', 'line%0A'],
  ])('turns %j into %j', (text, escaped) => {
    expect(escapePart(text)).toBe(escaped);
  });

  it('leaves nothing but letters, digits, dashes, underscores and percent signs', () => {
    fc.assert(
      fc.property(part, (text) => {
        expect(escapePart(text)).toMatch(/^[A-Za-z0-9_%-]+$/);
      }),
    );
  });

  it('keeps different parts different', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(escapePart(a) === escapePart(b)).toBe(a === b);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['201 characters', 'x'.repeat(201)],
  ])('refuses %s', (_, text) => {
    expect(() => escapePart(text)).toThrow(InvariantError);
  });

  it('takes up to 200 characters', () => {
    expect(escapePart('x'.repeat(200))).toHaveLength(200);
  });

  it('refuses half a surrogate pair, which has no bytes to write', () => {
    expect(() => escapePart('a\ud800b')).toThrow();
  });
});

describe('a store id', () => {
  it.each(['s1', 'a', '0', 'x'.repeat(32), SYSTEM_STORE])('may be %s', (id) => {
    expect(isStoreId(id)).toBe(true);
  });

  it.each(['', 'S1', 's-1', 's.1', 's_1', 'ñ', 's1\n', ' s1', 'x'.repeat(33), '%73'])(
    'may not be %j, and no name is made of it',
    (id) => {
      expect(isStoreId(id)).toBe(false);
      expect(() => streamName('order', id, '1')).toThrow(InvariantError);
      expect(() => documentKey(id, '1')).toThrow(InvariantError);
    },
  );
});

describe('a name', () => {
  it('is category, store and parts', () => {
    expect(streamName('order', 's1', 'a.b', 'c-d')).toBe('order-s1.a%2Eb.c-d');
    expect(documentKey('s1', 'a.b', 'c-d')).toBe('s1.a%2Eb.c-d');
  });

  it('gives back its category, its store and its parts', () => {
    fc.assert(
      fc.property(category, storeId, fc.array(part, { maxLength: 3 }), (kind, store, parts) => {
        const stream = streamName(kind, store, ...parts);
        expect(categoryOf(stream)).toBe(kind);
        expect(partsOf(stream)).toStrictEqual({ storeId: store, parts });
        expect(storeOf(stream)).toBe(store);
        const key = documentKey(store, ...parts);
        expect(partsOf(key)).toStrictEqual({ storeId: store, parts });
        expect(storeOf(key)).toBe(store);
      }),
    );
  });

  it('belongs to one store and one entity only (K15)', () => {
    const entity = fc.tuple(storeId, fc.array(part, { minLength: 1, maxLength: 3 }));
    // The second one is often made of pieces of the first, to look for a way across.
    const pair = entity.chain(([store, parts]) =>
      fc.tuple(
        fc.constant([store, parts] as const),
        fc.oneof(
          entity,
          fc.constant([store, [parts.join('.')]] as const),
          fc.constant([store, [`${parts.join('.')}.${store}`]] as const),
          fc.constant([store.slice(0, 1), [`${store.slice(1)}.${parts.join('.')}`]] as const),
          storeId.map((other) => [other, parts] as const),
        ),
      ),
    );
    fc.assert(
      fc.property(category, pair, (kind, [[storeA, partsA], [storeB, partsB]]) => {
        const same = storeA === storeB && JSON.stringify(partsA) === JSON.stringify(partsB);
        expect(streamName(kind, storeA, ...partsA) === streamName(kind, storeB, ...partsB)).toBe(
          same,
        );
        expect(documentKey(storeA, ...partsA) === documentKey(storeB, ...partsB)).toBe(same);
      }),
      { numRuns: 200 },
    );
  });

  it('of one store never begins with the name of another store and a dot', () => {
    fc.assert(
      fc.property(storeId, storeId, part, (a, b, text) => {
        expect(documentKey(a, text).startsWith(`${b}.`)).toBe(a === b);
      }),
    );
  });

  it('has a category that holds no dash, so that it can be cut off', () => {
    expect(['order', 'a', 'a-b', 'Order', 'a1', '', ' '].filter(isCategory)).toEqual([
      'order',
      'a',
    ]);
  });
});

describe('a cache key', () => {
  const kind = fc.constantFrom(...CACHE_KINDS);
  const parts = fc.tuple(part, part).map(([one, other]): [string, ...string[]] => [one, other]);

  it('is kind, store and parts', () => {
    expect(cacheKey('document', 's1', 'a.b', 'c-d')).toBe('document-s1.a%2Eb.c-d');
  });

  it('gives back its store and its parts, and is known for what it is', () => {
    fc.assert(
      fc.property(kind, storeId, parts, (of, store, names) => {
        const key = cacheKey(of, store, ...names);
        expect(partsOf(key)).toStrictEqual({ storeId: store, parts: names });
        expect(isCacheKey(key)).toBe(true);
      }),
    );
  });

  it('belongs to one store only (K15)', () => {
    fc.assert(
      fc.property(kind, storeId, storeId, parts, (of, a, b, names) => {
        expect(cacheKey(of, a, ...names) === cacheKey(of, b, ...names)).toBe(a === b);
      }),
    );
  });

  it.each(['', 'document', 'document-s1', 'document-.a', 'order-s1.a', 's1.a', 'document-S1.a'])(
    'is not %j',
    (text) => {
      expect(isCacheKey(text)).toBe(false);
    },
  );

  it('is not made without a store', () => {
    expect(() => cacheKey('query', '', 'a')).toThrow(InvariantError);
  });
});

describe('a key of a document that came from outside', () => {
  it('is one exactly when it could have been made here', () => {
    fc.assert(
      fc.property(storeId, fc.array(part, { minLength: 1, maxLength: 3 }), (store, parts) => {
        expect(isDocumentKey(documentKey(store, ...parts))).toBe(true);
      }),
    );
    const others = ['', 's1', 's1.', '.a', 'S1.a', 's1.a b', 's1.%', 's1.%FF', 'a-s1.b', '🧾.a'];
    expect(others.filter(isDocumentKey)).toEqual([]);
  });
});
