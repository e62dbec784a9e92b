import { minorUnits } from '../../../src/adapters/shared/provider-money.ts';

describe('amounts of providers', () => {
  it.each([
    [58.8, 'USD', 5_880],
    [0.1 + 0.2, 'USD', undefined],
    [1.005, 'USD', undefined],
    [9_007_199_254_740.99, 'USD', 900_719_925_474_099],
    ['50.00', 'USD', 5_000],
    ['50.0000', 'USD', 5_000],
    [-4.33, 'USD', -433],
    [0, 'USD', 0],
    [1_500, 'COP', 150_000],
    [1_500, 'CLP', 1_500],
    [1_500.5, 'CLP', undefined],
    [1.234, 'KWD', 1_234],
    [1e21, 'USD', undefined],
    [Number.NaN, 'USD', undefined],
    ['1,50', 'USD', undefined],
    [1, 'none', undefined],
  ])('are read by their digits: %p %s', (amount, currency, minor) => {
    expect(minorUnits(amount, currency)).toBe(minor);
  });
});
