import { type OrderCommand, type OrderEvent } from '../../../../src/domain/orders/index.ts';
import {
  happened,
  line,
  orderAfter,
  pay,
  placeOrder,
  refund,
} from '../../../support/order-builders.ts';

/** 119 with 19 of exclusive tax, and 300 with 50 of inclusive tax at 20 %. */
const placed = placeOrder({
  lines: [
    line({ lineId: 'a', quantity: '3', unitPriceMinor: 100 }),
    line({ lineId: 'b', unitPriceMinor: 300 }),
  ],
  taxes: [
    { taxId: 'x', name: 'VAT', percentage: '19', kind: 'exclusive', lineIds: ['a'] },
    { taxId: 'i', name: 'VAT', percentage: '20', kind: 'inclusive', lineIds: ['b'] },
  ],
});
const refundsOf = (...commands: OrderCommand[]) =>
  happened(...commands).flatMap((event: OrderEvent) =>
    event.type === 'OrderRefunded' ? [event.data] : [],
  );
const byLine = (lineId: string, rest: object = {}) => refund({ lines: [{ lineId, ...rest }] });
const taxesOf = (...commands: OrderCommand[]) =>
  refundsOf(placed, pay(657), ...commands).map(({ taxMinor, inclusiveTaxMinor }) => [
    taxMinor,
    inclusiveTaxMinor,
  ]);

describe('The tax in a refund', () => {
  it('is that of the lines that come back', () => {
    expect(taxesOf(byLine('a'))).toEqual([[57, 0]]);
    expect(taxesOf(byLine('b'))).toEqual([[0, 50]]);
    expect(taxesOf(byLine('a', { quantity: '1' }), byLine('a', { quantity: '2' }))).toEqual([
      [19, 0],
      [38, 0],
    ]);
  });

  it('is its share of an amount without lines, and all of it in the end', () => {
    expect(taxesOf(refund())).toEqual([[57, 50]]);
    expect(taxesOf(refund({ amountMinor: 219 }), refund())).toEqual([
      [19, 17],
      [38, 33],
    ]);
    const mixed = taxesOf(refund({ amountMinor: 100 }), byLine('b'), refund());
    expect(mixed.reduce((sum, [tax = 0]) => sum + Number(tax), 0)).toBe(57);
    expect(mixed.reduce((sum, [, inclusive = 0]) => sum + Number(inclusive), 0)).toBe(50);
  });

  it('is none in a refunded tip', () => {
    const tipped = [placed, pay(657, { tipMinor: 50 })];
    expect(refundsOf(...tipped, refund({ tipMinor: 50 }))[0]).toMatchObject({
      taxMinor: 0,
      inclusiveTaxMinor: 0,
    });
  });

  it('is counted as if it had been recorded for refunds that were recorded without it', () => {
    const order = orderAfter(placed, pay(657), byLine('a', { quantity: '1' }));
    expect(order).toMatchObject({ refundedTaxMinor: 19, refundedInclusiveTaxMinor: 0 });
  });
});
