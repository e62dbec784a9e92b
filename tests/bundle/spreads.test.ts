import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

import { withPlainSpreads, writePlainSpreads } from '../../bundle/spreads.ts';

const plain = (text: string) => withPlainSpreads(text, 'case.ts');

describe('spreads in a bundle', () => {
  it.each([
    ['({ ...a, b: 1 })', '({ ...null, ...a, b: 1 })'],
    ['({ ...a, ...b })', '({ ...null, ...a, ...b })'],
    ['(a: A) => ({\n  ...a, // all\n  b,\n})', '(a: A) => ({\n  ...null, ...a, // all\n  b,\n})'],
    [
      '({ ...{ ...a, b }, c: { ...d, e } })',
      '({ ...null, ...{ ...null, ...a, b }, c: { ...null, ...d, e } })',
    ],
  ])('begin with nothing when more follows: %s', (before, after) => {
    expect(plain(before)).toBe(after);
  });

  it.each([
    '({ ...a })',
    '({ ...null, ...a, b })',
    '({ b, ...a })',
    '[...a, b]',
    'f(...a, b)',
    'const { a, ...rest } = b;',
    'const text = "{ ...a, b }"; // { ...a, b }',
  ])('are left alone: %s', (text) => {
    expect(plain(text)).toBe(text);
  });

  it('mean the same, to the field called __proto__ and the order', () => {
    const text = `JSON.stringify([
      { ...JSON.parse('{"__proto__":{"x":1},"b":2,"a":1}'), b: 3, c: 4 },
      { ...undefined, a: 1, ...(false && { b: 2 }) },
      { ...'ab', 2: 'c' },
    ])`;
    expect(runInNewContext(plain(text))).toBe(runInNewContext(text));
    expect(plain(text)).not.toBe(text);
  });

  it('are written into compiled files once, however often that is asked for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spreads-'));
    try {
      mkdirSync(join(folder, 'deep'));
      const program = join(folder, 'deep', 'program.js');
      const map = join(folder, 'deep', 'program.js.map');
      for (const path of [program, map]) writeFileSync(path, '({ ...a, b })\n');
      writePlainSpreads(folder);
      writePlainSpreads(folder);
      expect(readFileSync(program, 'utf8')).toBe('({ ...null, ...a, b })\n');
      expect(readFileSync(map, 'utf8')).toBe('({ ...a, b })\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
