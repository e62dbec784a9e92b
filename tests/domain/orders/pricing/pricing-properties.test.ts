import fc from 'fast-check';

import { addMinor } from '../../../../src/domain/kernel/money.ts';
import {
  type AppliedCharge,
  type AppliedDiscount,
  type AppliedTax,
  priceOrder,
  type PricingInput,
} from '../../../../src/domain/orders/index.ts';

const LINE_IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const percentage = fc
  .tuple(fc.nat({ max: 99 }), fc.nat({ max: 9_999_999 }))
  .map(([units, decimals]) => `${units}.${String(decimals).padStart(7, '0')}`);
const quantity = fc
  .tuple(fc.nat({ max: 20 }), fc.nat({ max: 99_999 }))
  .map(([units, decimals]) => `${units}.${String(decimals).padStart(5, '0')}`);
const price = fc.nat({ max: 100_000 });
const lineIds = fc.option(fc.subarray(LINE_IDS, { minLength: 1 }), { nil: undefined });

const lines = fc
  .subarray(LINE_IDS, { minLength: 1 })
  .chain((ids) => fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), quantity, price, price))))
  .map((rows) =>
    rows.map(([lineId, amount, unitPriceMinor, modifier]) => ({
      lineId,
      name: 'Item',
      quantity: amount,
      unitPriceMinor,
      modifiers: [{ name: 'Extra', quantity: 2, unitPriceMinor: modifier }],
    })),
  );
const figure = fc.oneof(
  percentage.map((text) => ({ percentage: text })),
  price.map((amountMinor) => ({ amountMinor })),
);
const scoped = lineIds.map((ids) => (ids ? { lineIds: ids } : {}));
const discounts = fc
  .array(fc.tuple(figure, scoped), { maxLength: 6 })
  .map((rows) =>
    rows.map(([value, scope], i) => ({ discountId: `d${i}`, name: 'Off', ...value, ...scope })),
  );
const taxes = fc
  .array(fc.tuple(percentage, fc.constantFrom('exclusive', 'inclusive'), scoped), { maxLength: 5 })
  .map((rows) =>
    rows.map(([text, kind, scope], i) => ({
      taxId: `t${i}`,
      name: 'Tax',
      percentage: text,
      kind: kind,
      ...scope,
    })),
  );
const serviceCharges = fc
  .array(fc.tuple(figure, fc.boolean()), { maxLength: 3 })
  .map((rows) =>
    rows.map(([value, taxable], i) => ({ chargeId: `s${i}`, name: 'Service', taxable, ...value })),
  );
const input: fc.Arbitrary<PricingInput> = fc.record({
  lines,
  discounts,
  taxes,
  serviceCharges,
  tipMinor: price,
  cashRoundingMinor: fc.constantFrom(0, 1, 5, 10, 100),
  compedLineIds: fc.subarray(LINE_IDS),
  comped: fc.boolean(),
});

const sum = <T>(parts: readonly T[], amount: (part: T) => number) => addMinor(...parts.map(amount));

function expectToAddUp({ lines: rows, totals, ...parts }: ReturnType<typeof priceOrder>): void {
  const { grossMinor, discountMinor, serviceChargeMinor, taxMinor, tipMinor } = totals;
  const { roundingMinor, totalMinor, inclusiveTaxMinor } = totals;
  expect(totalMinor).toBe(
    grossMinor - discountMinor + serviceChargeMinor + taxMinor + tipMinor + roundingMinor,
  );
  for (const line of rows) {
    expect(line.totalMinor).toBe(line.grossMinor - line.discountMinor + line.taxMinor);
    expect(line.discountMinor).toBeGreaterThanOrEqual(line.compMinor ?? 0);
    expect(line.discountMinor).toBeLessThanOrEqual(line.grossMinor);
    expect(line.inclusiveTaxMinor).toBeGreaterThanOrEqual(0);
    expect(line.inclusiveTaxMinor).toBeLessThanOrEqual(line.grossMinor - line.discountMinor);
    expect(line.taxMinor).toBeGreaterThanOrEqual(0);
  }
  const ofCharges = (amount: (charge: AppliedCharge) => number) =>
    sum(parts.serviceCharges, amount);
  const ofTaxes = (kind: AppliedTax['kind']) =>
    sum(parts.taxes, (tax) => (tax.kind === kind ? tax.appliedMinor : 0));
  const comps = sum(rows, (line) => line.compMinor ?? 0);
  expect(sum(rows, (line) => line.grossMinor)).toBe(grossMinor);
  expect(sum(rows, (line) => line.discountMinor)).toBe(discountMinor);
  expect(sum(parts.discounts, (each: AppliedDiscount) => each.appliedMinor) + comps).toBe(
    discountMinor,
  );
  expect(ofCharges((each) => each.appliedMinor)).toBe(serviceChargeMinor);
  expect(sum(rows, (line) => line.taxMinor) + ofCharges((each) => each.taxMinor)).toBe(taxMinor);
  expect(ofTaxes('exclusive')).toBe(taxMinor);
  expect(ofTaxes('inclusive')).toBe(inclusiveTaxMinor);
  expect(sum(rows, (line) => line.inclusiveTaxMinor)).toBe(inclusiveTaxMinor);
}

describe('any pricing', () => {
  it('adds up, whatever the lines and adjustments', () => {
    fc.assert(
      fc.property(input, (order) => {
        const priced = priceOrder(order);
        expectToAddUp(priced);
        const coin = order.cashRoundingMinor;
        if (coin > 0) {
          expect(priced.totals.totalMinor % coin).toBe(0);
          expect(2 * Math.abs(priced.totals.roundingMinor)).toBeLessThanOrEqual(coin);
        } else expect(priced.totals.roundingMinor).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('adds up in every order of lines and adjustments, with the same gross', () => {
    const shuffled = input.chain((order) =>
      fc.record({
        order: fc.constant(order),
        lines: fc.shuffledSubarray([...order.lines], { minLength: order.lines.length }),
        discounts: fc.shuffledSubarray([...order.discounts], { minLength: order.discounts.length }),
        taxes: fc.shuffledSubarray([...order.taxes], { minLength: order.taxes.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ order, ...permuted }) => {
        const other = priceOrder({ ...order, ...permuted });
        expectToAddUp(other);
        expect(other.totals.grossMinor).toBe(priceOrder(order).totals.grossMinor);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same prices when it is priced again from what it gave', () => {
    fc.assert(
      fc.property(input, (order) => {
        const priced = priceOrder(order);
        expect(priceOrder({ ...order, ...priced })).toEqual(priced);
      }),
      { numRuns: 100 },
    );
  });

  it('is free but for the tip when all of it is given away', () => {
    fc.assert(
      fc.property(input, (order) => {
        const { totals } = priceOrder({ ...order, comped: true, cashRoundingMinor: 0 });
        expect(totals.totalMinor).toBe(order.tipMinor);
      }),
      { numRuns: 100 },
    );
  });
});
