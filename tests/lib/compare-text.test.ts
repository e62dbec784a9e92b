import fc from 'fast-check';

import { compareText } from '../../src/lib/compare-text.ts';

describe('The order of texts', () => {
  it('is that of their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'grapheme-composite', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareText(a, b))).toBe(bytes);
      }),
    );
  });

  it('has characters above U+FFFF after all others', () => {
    expect(compareText('\uffff', '\u{10000}')).toBeLessThan(0);
    expect(compareText('a', 'ab')).toBeLessThan(0);
    expect(compareText('é', 'é')).toBe(0);
  });
});
