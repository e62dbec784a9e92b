import {
  type ImportOrder,
  type OrderCommand,
  orderDecider,
  type PlaceOrder,
} from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  cancel,
  charge,
  contextOf,
  happened,
  line,
  ORDER,
  orderAfter,
  pay,
  placeOrder,
  pricedLine,
  totals,
} from '../../support/order-builders.ts';

const voidLine = (lineId: string, quantity?: string): OrderCommand => ({
  type: 'VoidLine',
  data: { lineId, reason: 'typo', ...(quantity !== undefined && { quantity }) },
});
const comp = (lineId?: string): OrderCommand => ({
  type: 'CompOrder',
  data: { reason: 'cold soup', approvedBy: 'Ada', ...(lineId !== undefined && { lineId }) },
});

/** 4 × 500 and 1 × 2000, 10 % off, 10 % tax on top, a fixed charge of 50 and a tip of 7. */
const placed = (data: Partial<PlaceOrder['data']> = {}) =>
  placeOrder({
    lines: [
      line({ lineId: 'a', quantity: '4', unitPriceMinor: 500 }),
      line({ lineId: 'b', unitPriceMinor: 2000 }),
    ],
    discounts: [{ discountId: 'd', name: 'Off', percentage: '10' }],
    taxes: [{ taxId: 't', name: 'VAT', percentage: '10', kind: 'exclusive' }],
    serviceCharges: [{ chargeId: 's', name: 'Cover', amountMinor: 50 }],
    tipMinor: 7,
    ...data,
  });
const at = (...commands: OrderCommand[]) => given(orderDecider, happened(placed(), ...commands));
const before = totals({
  grossMinor: 4000,
  discountMinor: 400,
  serviceChargeMinor: 50,
  taxMinor: 360,
  tipMinor: 7,
  totalMinor: 4017,
});

const imported: ImportOrder = {
  type: 'ImportOrder',
  data: {
    source: { provider: 'square', id: 'sq-1' },
    currency: 'EUR',
    lines: [pricedLine()],
    totals: totals({ grossMinor: 100, totalMinor: 100 }),
    placedAt: '2025-03-01T21:00:00Z',
    businessDay: '2025-03-01',
    payments: [],
  },
};

describe('VoidLine', () => {
  it('lowers a line and prices the rest from what was captured', () => {
    const after = totals({
      grossMinor: 3000,
      discountMinor: 300,
      serviceChargeMinor: 50,
      taxMinor: 270,
      tipMinor: 7,
      totalMinor: 3027,
    });
    const described = { unitPriceMinor: 500, name: 'Coffee', modifiers: [], inclusiveTaxMinor: 0 };
    at()
      .when(
        {
          type: 'VoidLine',
          data: { lineId: 'a', quantity: '2.0', reason: 'typo', approvedBy: 'Ada' },
        },
        contextOf('v', '2025-03-11'),
      )
      .then([
        {
          type: 'OrderLineVoided',
          data: {
            orderId: ORDER,
            businessDay: '2025-03-11',
            placedOn: '2025-03-10',
            currency: 'EUR',
            lineId: 'a',
            name: described.name,
            quantity: '2',
            reason: 'typo',
            approvedBy: 'Ada',
            previousTotals: before,
            totals: after,
            lines: [
              {
                ...described,
                lineId: 'a',
                quantity: '2',
                grossMinor: 1000,
                discountMinor: 100,
                taxMinor: 90,
                totalMinor: 990,
              },
              {
                ...described,
                lineId: 'b',
                quantity: '1',
                unitPriceMinor: 2000,
                grossMinor: 2000,
                discountMinor: 200,
                taxMinor: 180,
                totalMinor: 1980,
              },
            ],
            discounts: [{ discountId: 'd', name: 'Off', percentage: '10', appliedMinor: 300 }],
            taxes: [
              { taxId: 't', name: 'VAT', percentage: '10', kind: 'exclusive', appliedMinor: 270 },
            ],
            serviceCharges: [
              {
                chargeId: 's',
                name: 'Cover',
                amountMinor: 50,
                taxable: false,
                appliedMinor: 50,
                taxMinor: 0,
              },
            ],
          },
        },
      ]);
  });

  it('keeps a line that is void in full, marked and worth nothing', () => {
    const order = orderAfter(placed(), voidLine('a', '1'), voidLine('a'));
    expect(order.lines[0]).toMatchObject({
      quantity: '0',
      voided: true,
      grossMinor: 0,
      discountMinor: 0,
      totalMinor: 0,
    });
    expect(order.totals.grossMinor).toBe(2000);
  });

  it('gives the same prices as an order placed without what was voided', () => {
    const voided = orderAfter(placed(), voidLine('b'));
    const never = orderAfter(
      placed({ lines: [line({ lineId: 'a', quantity: '4', unitPriceMinor: 500 })] }),
    );
    expect(voided.totals).toEqual(never.totals);
    expect(voided.lines[0]).toEqual(never.lines[0]);
  });

  it('is refused for more than the line has', () => {
    at().when(voidLine('a', '4.5')).thenRefused('refund_exceeds_remaining');
    at(voidLine('a', '3')).when(voidLine('a', '2')).thenRefused('refund_exceeds_remaining');
    at(voidLine('a')).when(voidLine('a')).thenRefused('refund_exceeds_remaining');
    at(voidLine('a')).when(voidLine('a', '1')).thenRefused('refund_exceeds_remaining');
  });

  it('is refused once something is paid or asked of an account', () => {
    at(pay(1)).when(voidLine('a')).thenRefused('line_already_paid');
    at(charge(1)).when(voidLine('a')).thenRefused('line_already_paid');
    at(cancel).when(voidLine('a')).thenRefused('order_closed');
  });

  it('is refused where a provider set the prices', () => {
    const events = happened(imported);
    given(orderDecider, events).when(voidLine('line-1')).thenRefused('invalid_adjustment');
    given(orderDecider, events).when(comp('line-1')).thenRefused('invalid_adjustment');
  });

  it('needs a line of the order, a quantity and a reason', () => {
    at().when(voidLine('x')).thenRefused('line_not_found');
    at().when(voidLine('a', '0')).thenRefused('invalid_request');
    const data = { lineId: 'a', reason: '' };
    at().when({ type: 'VoidLine', data }).thenRefused('invalid_request');
  });
});

describe('CompOrder', () => {
  it('makes a line free and keeps what it would have cost', () => {
    const order = orderAfter(placed(), comp('b'));
    expect(order.lines[1]).toMatchObject({
      grossMinor: 2000,
      discountMinor: 2000,
      compMinor: 1800,
      taxMinor: 0,
      totalMinor: 0,
    });
    expect(order.totals).toEqual({
      ...before,
      discountMinor: 2200,
      taxMinor: 180,
      totalMinor: 2037,
    });
    expect(happened(placed(), comp('b'))[1]?.data).toMatchObject({
      lineId: 'b',
      approvedBy: 'Ada',
      compMinor: 1800,
      previousTotals: before,
    });
  });

  it('makes the whole order free, its charges too, but not a tip', () => {
    const order = orderAfter(placed(), comp());
    expect(order.totals).toEqual(
      totals({ grossMinor: 4000, discountMinor: 4000, tipMinor: 7, totalMinor: 7 }),
    );
    expect(happened(placed(), comp())[1]?.data).not.toHaveProperty('lineId');
  });

  it('stays when another line is voided afterwards', () => {
    const order = orderAfter(placed(), comp('b'), voidLine('a', '2'));
    expect(order.lines[1]).toMatchObject({ compMinor: 1800, totalMinor: 0 });
    expect(order.totals.totalMinor).toBe(990 + 50 + 7);
    expect(orderAfter(placed(), comp(), voidLine('a')).totals.totalMinor).toBe(7);
  });

  it('is refused when there is nothing left to give away', () => {
    at(comp('b')).when(comp('b')).thenRefused('invalid_adjustment');
    at(comp()).when(comp()).thenRefused('invalid_adjustment');
    at(comp()).when(comp('a')).thenRefused('invalid_adjustment');
    at(voidLine('a')).when(comp('a')).thenRefused('invalid_adjustment');
  });

  it('still waives the charges of an order whose lines are free already', () => {
    expect(orderAfter(placed(), comp('a'), comp('b'), comp()).totals.totalMinor).toBe(7);
  });

  it('needs somebody who approves, and is refused once something is paid', () => {
    const data = { reason: 'cold soup', approvedBy: ' ' };
    at().when({ type: 'CompOrder', data }).thenRefused('approval_required');
    at().when(comp('x')).thenRefused('line_not_found');
    at(pay(1)).when(comp()).thenRefused('line_already_paid');
  });
});
