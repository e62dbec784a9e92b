import { isLarge } from '../../../src/engine/commands/large-command.ts';

const values = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('A large command', () => {
  it.each([
    ['nothing', undefined, false],
    ['a text', 'x'.repeat(1_000_000), false],
    ['an order of a few lines', { lines: values(20).map(() => ({ name: 'Tea' })) }, false],
    ['a list at the limit', values(2_000), false],
    ['a longer list', values(2_001), true],
    ['many values at some depth', { lines: values(500).map(() => ({ a: 1, b: 2, c: 3 })) }, true],
    ['values that are null', { a: null, b: [null, undefined] }, false],
  ])('is one with many values: %s', (_, command, expected) => {
    expect(isLarge(command)).toBe(expected);
  });
});
