import {
  type DiscountInput,
  priceOrder,
  type TaxInput,
} from '../../../../src/domain/orders/index.ts';
import { line, orderAfter, placeOrder, totals } from '../../../support/order-builders.ts';

/** Lines of 1000 and 3000. */
const two = [
  line({ lineId: 'a', unitPriceMinor: 1000 }),
  line({ lineId: 'b', unitPriceMinor: 3000 }),
];
const percent = (percentage: string, lineIds?: string[]): DiscountInput => ({
  discountId: `p${percentage}${lineIds?.join('') ?? ''}`,
  name: 'Off',
  percentage,
  ...(lineIds && { lineIds }),
});
const amount = (amountMinor: number, lineIds?: string[]): DiscountInput => ({
  discountId: `a${amountMinor}${lineIds?.join('') ?? ''}`,
  name: 'Off',
  amountMinor,
  ...(lineIds && { lineIds }),
});
const tax = (percentage: string, kind: TaxInput['kind'], lineIds?: string[]): TaxInput => ({
  taxId: `${kind}${percentage}${lineIds?.join('') ?? ''}`,
  name: 'VAT',
  percentage,
  kind,
  ...(lineIds && { lineIds }),
});
const priced = (data: Parameters<typeof placeOrder>[0]) => orderAfter(placeOrder(data));
/** As orders were priced whose total was rounded when they were placed. */
const roundedAsBefore = (unitPriceMinor: number, tipMinor: number, cashRoundingMinor: number) => {
  const { lines, discounts, taxes, serviceCharges } = priced({ lines: [line({ unitPriceMinor })] });
  const rounding = { tipMinor, cashRoundingMinor, compedLineIds: [], comped: false };
  return priceOrder({ lines, discounts, taxes, serviceCharges, ...rounding });
};
const applied = (parts: readonly { appliedMinor: number }[]) => parts.map((p) => p.appliedMinor);

describe('pricing', () => {
  it("reproduces Square's published order to the cent", () => {
    const order = priced({
      currency: 'USD',
      lines: [
        line({ lineId: 'strip', unitPriceMinor: 1599 }),
        line({
          lineId: 'steak',
          quantity: '2',
          unitPriceMinor: 2200,
          modifiers: [{ name: 'Well', unitPriceMinor: 50 }],
        }),
      ],
      discounts: [
        { discountId: 'labor-day-sale', name: 'Labor Day Sale', percentage: '5' },
        { discountId: 'membership', name: 'Membership Discount', percentage: '0.5' },
        { discountId: 'one-off', name: '$1.00 off', amountMinor: 100, lineIds: ['steak'] },
      ],
      taxes: [tax('9', 'exclusive')],
    });
    expect(order.totals).toEqual(
      totals({ grossMinor: 6099, discountMinor: 433, taxMinor: 510, totalMinor: 6176 }),
    );
    expect(applied(order.discounts)).toEqual([303, 30, 100]);
    expect(order.lines).toEqual([
      expect.objectContaining({
        grossMinor: 1599,
        discountMinor: 87,
        taxMinor: 136,
        totalMinor: 1648,
      }),
      expect.objectContaining({
        grossMinor: 4500,
        discountMinor: 346,
        taxMinor: 374,
        totalMinor: 4528,
        modifiers: [{ name: 'Well', quantity: 1, unitPriceMinor: 50, totalMinor: 100 }],
      }),
    ]);
  });

  it('counts modifiers per unit of the line, and fractions of a unit half to even', () => {
    const order = priced({
      lines: [
        line({
          quantity: '0.5',
          unitPriceMinor: 3,
          modifiers: [{ name: 'Extra', quantity: 2, unitPriceMinor: 5 }],
        }),
      ],
    });
    expect(order.lines[0]).toMatchObject({ grossMinor: 6, modifiers: [{ totalMinor: 5 }] });
  });

  it('takes discounts in steps, each from what the one before left', () => {
    const order = priced({
      lines: two,
      discounts: [amount(100, ['a']), percent('50', ['a']), amount(400), percent('10')],
    });
    // Half of a: 500. Then 10 % of 3500: 350 (50 + 300). Then 100 of a. Then 400 over 350 and 2700.
    expect(applied(order.discounts)).toEqual([100, 500, 400, 350]);
    expect(order.lines.map((each) => each.totalMinor)).toEqual([304, 2346]);
  });

  it('never takes more off than is left', () => {
    const order = priced({ lines: two, discounts: [amount(9000), amount(50, ['a'])] });
    expect(applied(order.discounts)).toEqual([3950, 50]);
    expect(order.totals).toEqual(totals({ grossMinor: 4000, discountMinor: 4000 }));
  });

  it('spreads a discount over its lines only', () => {
    const order = priced({
      lines: [...two, line({ lineId: 'c', unitPriceMinor: 1 })],
      discounts: [amount(100, ['b', 'c', 'b'])],
    });
    expect(order.lines.map((each) => each.discountMinor)).toEqual([0, 100, 0]);
    expect(order.discounts[0]?.lineIds).toEqual(['b', 'c']);
  });

  it('finds inclusive tax in the price and leaves the total as it is', () => {
    const order = priced({ lines: two, taxes: [tax('21', 'inclusive')] });
    expect(order.totals).toEqual(
      totals({ grossMinor: 4000, inclusiveTaxMinor: 694, totalMinor: 4000 }),
    );
    expect(order.lines.map((each) => each.inclusiveTaxMinor)).toEqual([174, 520]);
  });

  it('splits what is contained by several inclusive taxes by their rates', () => {
    const order = priced({
      lines: two,
      taxes: [tax('10', 'inclusive'), tax('15', 'inclusive'), tax('0', 'inclusive')],
    });
    expect(applied(order.taxes)).toEqual([320, 480, 0]);
    expect(order.totals.inclusiveTaxMinor).toBe(800);
  });

  it('takes lines with other inclusive taxes apart', () => {
    const order = priced({
      lines: two,
      taxes: [tax('10', 'inclusive', ['a']), tax('25', 'inclusive', ['b']), tax('25', 'inclusive')],
    });
    // a: 35 % within 1000 is 259 (74 + 185). b: 50 % within 3000 is 1000 (500 + 500).
    expect(applied(order.taxes)).toEqual([74, 500, 685]);
    expect(order.lines.map((each) => each.inclusiveTaxMinor)).toEqual([259, 1000]);
  });

  it('takes exclusive tax of the net without the inclusive tax contained in it', () => {
    const order = priced({
      lines: [line({ unitPriceMinor: 1200 })],
      discounts: [amount(100)],
      taxes: [tax('10', 'inclusive'), tax('5', 'exclusive')],
    });
    expect(order.totals).toEqual(
      totals({
        grossMinor: 1200,
        discountMinor: 100,
        inclusiveTaxMinor: 100,
        taxMinor: 50,
        totalMinor: 1150,
      }),
    );
  });

  it('taxes taxable service charges with what is for the whole order only', () => {
    const order = priced({
      lines: two,
      discounts: [amount(400)],
      taxes: [tax('10', 'exclusive'), tax('50', 'exclusive', ['a', 'b'])],
      serviceCharges: [
        { chargeId: 's', name: 'Service', percentage: '12.5', taxable: true },
        { chargeId: 'f', name: 'Delivery', amountMinor: 300 },
      ],
    });
    expect(order.serviceCharges).toEqual([
      expect.objectContaining({ chargeId: 's', appliedMinor: 450, taxMinor: 45, taxable: true }),
      expect.objectContaining({ chargeId: 'f', appliedMinor: 300, taxMinor: 0, taxable: false }),
    ]);
    expect(order.totals).toEqual(
      totals({
        grossMinor: 4000,
        discountMinor: 400,
        serviceChargeMinor: 750,
        taxMinor: 405 + 1800,
        totalMinor: 3600 + 750 + 2205,
      }),
    );
  });

  it.each([
    [1002, 5, -2, 1000],
    [1003, 5, 2, 1005],
    [1005, 10, 5, 1010],
    [2, 5, -2, 0],
    [1003, 1, 0, 1003],
  ])('rounds %d to the coin of %d by %d', (price, coin, roundingMinor, totalMinor) => {
    const { totals: sums } = roundedAsBefore(price, 0, coin);
    expect(sums).toMatchObject({ roundingMinor, totalMinor });
  });

  it('adds the tip before it rounds', () => {
    expect(roundedAsBefore(100, 13, 5).totals).toEqual(
      totals({ grossMinor: 100, tipMinor: 13, roundingMinor: 2, totalMinor: 115 }),
    );
  });

  it.each([
    [5, 2],
    [7, 4],
  ])('rounds half of %d, as discount, tax or charge, to the even %d', (price, half) => {
    const lines = [line({ unitPriceMinor: price })];
    expect(applied(priced({ lines, discounts: [percent('50')] }).discounts)).toEqual([half]);
    expect(applied(priced({ lines, taxes: [tax('50', 'exclusive')] }).taxes)).toEqual([half]);
    const serviceCharges = [{ chargeId: 's', name: 'Service', percentage: '50' }];
    expect(applied(priced({ lines, serviceCharges }).serviceCharges)).toEqual([half]);
  });

  it.each([
    [5, 2],
    [7, 4],
  ])('rounds the half of %d that an inclusive tax of 100 %% is to the even %d', (price, half) => {
    const lines = [line({ unitPriceMinor: price })];
    expect(applied(priced({ lines, taxes: [tax('100', 'inclusive')] }).taxes)).toEqual([half]);
  });
});
