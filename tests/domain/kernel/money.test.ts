import fc from 'fast-check';

import {
  addMinor,
  allocate,
  amountAt,
  assertAmount,
  CURRENCIES,
  exponentOf,
  isCurrency,
  mulDiv,
  parsePercentage,
  PERCENTAGE_DENOMINATOR,
} from '../../../src/domain/kernel/money.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const code = (found: string) => expect.objectContaining({ code: found }) as Error;

describe('currencies', () => {
  it('know the decimals of ISO 4217', () => {
    expect(['EUR', 'JPY', 'KWD', 'CLF', 'UYW', 'CLP', 'COP'].map(exponentOf)).toEqual([
      2, 0, 3, 4, 4, 0, 2,
    ]);
  });

  it('are each listed once, as three capital letters', () => {
    expect(CURRENCIES.length).toBeGreaterThan(160);
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.every((each) => /^[A-Z]{3}$/.test(each))).toBe(true);
  });

  it('do not include what is none', () => {
    expect(['eur', 'XXX', '', 'EURO', 'constructor'].map(isCurrency)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    expect(() => exponentOf('XXX')).toThrow(code('unknown_currency'));
  });

  it('have the decimals that the platform knows, where it follows ISO 4217', () => {
    // CLDR shows some currencies without decimals that ISO 4217 gives them: only these agree.
    const withOthers = CURRENCIES.filter((each) => exponentOf(each) !== 2);
    const asked = withOthers.filter((each) => !['CLF', 'IQD', 'UYW'].includes(each));
    expect(asked.length).toBe(23);
    for (const currency of [...asked, 'EUR', 'USD', 'ARS', 'BRL', 'MXN', 'CLF', 'UYU']) {
      const format = new Intl.NumberFormat('en', { style: 'currency', currency });
      expect([currency, format.resolvedOptions().maximumFractionDigits]).toEqual([
        currency,
        exponentOf(currency),
      ]);
    }
  });
});

describe('amounts', () => {
  it('are safe integers', () => {
    for (const amount of [0, -5, MAX, -MAX]) expect(() => assertAmount(amount)).not.toThrow();
    for (const amount of [0.5, NaN, Infinity, MAX + 1, -MAX - 1]) {
      expect(() => assertAmount(amount)).toThrow(code('amount_out_of_range'));
    }
  });

  it('are added exactly, also when a sum on the way is out of range', () => {
    expect(addMinor()).toBe(0);
    expect(addMinor(MAX, MAX, -MAX)).toBe(MAX);
    expect(() => addMinor(MAX, 1)).toThrow(code('amount_out_of_range'));
    expect(() => addMinor(0.1, 0.2)).toThrow(code('amount_out_of_range'));
  });
});

describe('amountAt', () => {
  it('finds the amount at a place, and stops where there is none', () => {
    expect(amountAt([7, 0], 1)).toBe(0);
    expect(() => amountAt([7], 1)).toThrow('an amount at each place');
  });
});

describe('mulDiv', () => {
  it.each([
    [5, 'half-even', 2],
    [7, 'half-even', 4],
    [-5, 'half-even', -2],
    [-7, 'half-even', -4],
    [5, 'half-up', 3],
    [-5, 'half-up', -3],
    [5, 'down', 2],
    [-5, 'down', -2],
  ] as const)('takes half of %d by %s as %d', (amount, rounding, expected) => {
    expect(mulDiv(amount, 1n, 2n, rounding)).toBe(expected);
  });

  it('rounds what is no half to the nearest', () => {
    expect(mulDiv(2, 1n, 3n, 'half-even')).toBe(1);
    expect(mulDiv(1, 1n, 3n, 'half-up')).toBe(0);
  });

  it('is exact where floating point is not', () => {
    expect(mulDiv(MAX, 999_999_999n, 1_000_000_000n, 'down')).toBe(9_007_199_245_733_791);
    expect(() => mulDiv(MAX, 2n, 1n, 'down')).toThrow(code('amount_out_of_range'));
  });

  it('takes no denominator of 0', () => {
    expect(() => mulDiv(1, 1n, 0n, 'down')).toThrow('a denominator above 0');
  });
});

describe('allocate', () => {
  it('gives what is left over to the largest remainders, ties to the lowest index', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(30, [1599, 4500])).toEqual([8, 22]);
    expect(allocate(5, [1, 2, 4])).toEqual([1, 1, 3]);
  });

  it('gives nothing for a weight of 0, but splits evenly when all are 0', () => {
    expect(allocate(7, [0, 3, 0])).toEqual([0, 7, 0]);
    expect(allocate(5, [0, 0])).toEqual([3, 2]);
    expect(allocate(0, [])).toEqual([]);
  });

  it('mirrors negative totals', () => {
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(Object.is(allocate(-1, [0, 1])[0], 0)).toBe(true);
  });

  it('refuses a negative weight and a total that nobody gets', () => {
    expect(() => allocate(1, [2, -1])).toThrow('weights of 0 or more');
    expect(() => allocate(1, [])).toThrow('a weight to allocate the total to');
  });

  it('sums to the total, with parts within one of the exact share', () => {
    const weights = fc.array(fc.nat({ max: MAX }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), weights, (total, parts) => {
        const found = allocate(total, parts);
        expect(addMinor(...found)).toBe(total);
        const whole = parts.reduce((sum, part) => sum + BigInt(part), 0n);
        found.forEach((part, i) => {
          if (whole === 0n) return;
          const error = BigInt(part) * whole - BigInt(total) * BigInt(parts[i] ?? 0);
          expect(error > -whole && error < whole).toBe(true);
        });
      }),
    );
  });
});

describe('parsePercentage', () => {
  it('reads up to 7 decimals exactly', () => {
    expect(parsePercentage('7.25', 100)).toBe(72_500_000n);
    expect(parsePercentage('0.0000001', 100)).toBe(1n);
    expect(parsePercentage('100', 100)).toBe(PERCENTAGE_DENOMINATOR);
  });

  it('reads nothing else', () => {
    for (const text of ['', '-1', '1.', '.5', '1.00000001', '1e2', '1,5', ' 1', '٣', '12345']) {
      expect(parsePercentage(text, 1000)).toBeUndefined();
    }
    expect(parsePercentage('100.0000001', 100)).toBeUndefined();
  });
});
