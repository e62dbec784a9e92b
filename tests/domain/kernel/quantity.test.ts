import fc from 'fast-check';

import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  multiplyByQuantity,
  parseQuantity,
  QUANTITY_SCALE,
  storedQuantity,
  subtractQuantity,
} from '../../../src/domain/kernel/quantity.ts';

describe('quantities', () => {
  it('are read exactly and written in their shortest form', () => {
    const forms = { '2': '2', '2.50': '2.5', '007': '7', '0.00001': '0.00001', '1.0': '1' };
    for (const [text, shortest] of Object.entries(forms)) {
      expect(formatQuantity(parseQuantity(text))).toBe(shortest);
    }
  });

  it('are above 0, up to 12 characters and 5 decimals', () => {
    const wrong = ['0', '0.00000', '-1', '1.000001', '1234567890123', '1.', '.5', '1e3', 'one', ''];
    for (const text of wrong) {
      expect(() => parseQuantity(text, 'lines[0].quantity')).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          details: { field: 'lines[0].quantity', found: text },
        }) as Error,
      );
    }
  });

  it('may be 0 once they are stored', () => {
    expect(storedQuantity('0')).toBe(0n);
    expect(storedQuantity('x')).toBeUndefined();
    expect(formatQuantity(0n)).toBe('0');
  });

  it('multiply prices, halves to even', () => {
    expect(multiplyByQuantity(1000, parseQuantity('0.375'))).toBe(375);
    expect(multiplyByQuantity(5, parseQuantity('0.5'))).toBe(2);
    expect(multiplyByQuantity(7, parseQuantity('0.5'))).toBe(4);
  });

  it('are compared, added and subtracted, never below 0', () => {
    const [one, two] = [parseQuantity('1'), parseQuantity('2')];
    expect([compareQuantities(one, two), compareQuantities(two, one)]).toEqual([-1, 1]);
    expect(compareQuantities(one, one)).toBe(0);
    expect(subtractQuantity(two, one)).toBe(QUANTITY_SCALE);
    expect(subtractQuantity(one, two)).toBeUndefined();
    expect(addQuantities('0.5', '1.25')).toBe('1.75');
    expect(addQuantities('', 'x')).toBe('0');
  });

  it('survive being written and read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 99_999_999_999n }), (quantity) => {
        expect(parseQuantity(formatQuantity(quantity))).toBe(quantity);
      }),
    );
  });
});
