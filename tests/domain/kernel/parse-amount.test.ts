import fc from 'fast-check';

import { formatAmount } from '../../../src/domain/kernel/format-money.ts';
import { CURRENCIES } from '../../../src/domain/kernel/money.ts';
import { parseAmount } from '../../../src/domain/kernel/parse-amount.ts';

describe('an amount in decimals', () => {
  it('is the one that was written, in each currency', () => {
    const amounts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(amounts, fc.constantFrom(...CURRENCIES), (amountMinor, currency) => {
        expect(parseAmount(formatAmount(amountMinor, currency), currency)).toBe(amountMinor);
      }),
    );
  });

  it.each([
    ['3.5', 'EUR', 350],
    ['3', 'EUR', 300],
    [' 0.07 ', 'EUR', 7],
    ['1.1', 'EUR', 110],
    ['4.35', 'EUR', 435],
    ['3.500', 'EUR', 350],
    ['1500', 'JPY', 1_500],
    ['1500.00', 'JPY', 1_500],
    ['1.234', 'KWD', 1_234],
  ])('%s %s is %d minor units', (text, currency, amountMinor) => {
    expect(parseAmount(text, currency)).toBe(amountMinor);
  });

  it.each(['', '3.505', '3,50', '1 000', '1,000.00', '-1', '+1', '.5', '3.', '1e3', '0x1', '€3'])(
    '%j is none in euros',
    (text) => {
      expect(parseAmount(text, 'EUR')).toBeUndefined();
    },
  );

  it('has a comma only where that is named, and is never rounded', () => {
    expect(parseAmount('3,50', 'EUR', ',')).toBe(350);
    expect(parseAmount('3.50', 'EUR', ',')).toBeUndefined();
    expect(parseAmount('90071992547409.92', 'EUR')).toBeUndefined();
    expect(() => parseAmount('1', 'XYZ')).toThrow('ISO 4217');
  });
});
