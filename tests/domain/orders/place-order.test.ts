import { orderDecider, type PlaceOrder } from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  cancel,
  contextOf,
  happened,
  line,
  ORDER,
  orderAfter,
  placeOrder,
  pricedLine,
  totals,
} from '../../support/order-builders.ts';

const none = given(orderDecider, []);
const place = (data: Partial<PlaceOrder['data']>) => none.when(placeOrder(data));
const many = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

describe('PlaceOrder', () => {
  it('captures lines, prices and what the order is for', () => {
    none
      .when(
        placeOrder({
          lines: [
            line({
              variation: 'Large',
              quantity: '01.50',
              note: '',
              modifiers: [{ modifierId: 'm1', name: 'Milk', unitPriceMinor: 0 }],
            }),
          ],
          customerId: 'customer-1',
          channel: 'till',
          tableId: 'table-4',
          note: 'no sugar',
          priority: 'high',
          taxes: [{ taxId: 't', name: 'VAT', percentage: '10', kind: 'inclusive' }],
        }),
        contextOf('c1'),
      )
      .then([
        {
          type: 'OrderPlaced',
          data: {
            orderId: ORDER,
            businessDay: '2025-03-10',
            currency: 'EUR',
            pricing: 'computed',
            customerId: 'customer-1',
            channel: 'till',
            tableId: 'table-4',
            note: 'no sugar',
            priority: 'high',
            placedAt: '2025-03-10T12:00:00.000Z',
            cashRoundingMinor: 0,
            roundingOn: 'payment',
            lines: [
              pricedLine({
                variation: 'Large',
                quantity: '1.5',
                note: '',
                modifiers: [
                  { modifierId: 'm1', name: 'Milk', quantity: 1, unitPriceMinor: 0, totalMinor: 0 },
                ],
                grossMinor: 150,
                inclusiveTaxMinor: 14,
                totalMinor: 150,
              }),
            ],
            discounts: [],
            taxes: [
              { taxId: 't', name: 'VAT', percentage: '10', kind: 'inclusive', appliedMinor: 14 },
            ],
            serviceCharges: [],
            totals: totals({ grossMinor: 150, inclusiveTaxMinor: 14, totalMinor: 150 }),
          },
        },
      ]);
  });

  it('starts as PENDING with medium priority', () => {
    expect(orderAfter(placeOrder()).status).toBe('PENDING');
    expect(happened(placeOrder())[0]?.data).toMatchObject({ priority: 'medium' });
  });

  it('names lines by their place, around the ids that are given', () => {
    const ids = ['line-2', undefined, undefined, 'x', undefined];
    const lines = ids.map((lineId) => line(lineId === undefined ? {} : { lineId }));
    expect(orderAfter(placeOrder({ lines })).lines.map(({ lineId }) => lineId)).toEqual([
      'line-2',
      'line-3',
      'line-4',
      'x',
      'line-5',
    ]);
  });

  it('is refused where the order exists, also when it was cancelled', () => {
    given(orderDecider, happened(placeOrder())).when(placeOrder()).thenRefused('order_exists');
    given(orderDecider, happened(placeOrder(), cancel))
      .when(placeOrder())
      .thenRefused('order_exists');
  });

  it('refuses what it does not know', () => {
    place({ currency: 'XXX' }).thenRefused('unknown_currency');
    place({ lines: [line({ lineId: 'a' }), line({ lineId: 'a' })] }).thenRefused('duplicate_line');
  });

  it.each<[string, Partial<PlaceOrder['data']>]>([
    ['no line', { lines: [] }],
    ['501 lines', { lines: many(501, () => line()) }],
    ['a blank name', { lines: [line({ name: ' ' })] }],
    ['a name without end', { lines: [line({ name: 'x'.repeat(513) })] }],
    ['a note without end', { note: 'x'.repeat(2001) }],
    ['a quantity of 0', { lines: [line({ quantity: '0' })] }],
    [
      '101 modifiers',
      { lines: [line({ modifiers: many(101, () => ({ name: 'm', unitPriceMinor: 1 })) })] },
    ],
    ['an unknown priority', { priority: 'urgent' as 'high' }],
    [
      'an unknown kind of tax',
      { taxes: [{ taxId: 't', name: 'T', percentage: '1', kind: 'x' as 'inclusive' }] },
    ],
    [
      '101 discounts',
      { discounts: many(101, (i) => ({ discountId: `d${i}`, name: 'd', amountMinor: 1 })) },
    ],
  ])('cannot be understood with %s', (_, data) => {
    place(data).thenRefused('invalid_request');
  });

  it.each<[string, Partial<PlaceOrder['data']>]>([
    ['a negative price', { lines: [line({ unitPriceMinor: -1 })] }],
    ['a fraction of a cent', { lines: [line({ unitPriceMinor: 0.5 })] }],
    ['a negative tip', { tipMinor: -1 }],
    ['a negative coin', { cashRoundingMinor: -5 }],
    [
      'a modifier taken 0 times',
      { lines: [line({ modifiers: [{ name: 'm', quantity: 0, unitPriceMinor: 1 }] })] },
    ],
    ['a line past 2^53', { lines: [line({ quantity: '2', unitPriceMinor: 2 ** 53 - 1 })] }],
    ['a sum past 2^53', { lines: many(2, () => line({ unitPriceMinor: 2 ** 53 - 1 })) }],
    [
      'a rounding past 2^53',
      { lines: [line({ unitPriceMinor: 2 ** 53 - 1 })], cashRoundingMinor: 2 },
    ],
    ['a negative discount', { discounts: [{ discountId: 'd', name: 'd', amountMinor: -1 }] }],
  ])('refuses %s', (_, data) => {
    place(data).thenRefused('amount_out_of_range');
  });

  const off = { discountId: 'd', name: 'Off' };
  it.each<[string, Partial<PlaceOrder['data']>]>([
    ['neither percentage nor amount', { discounts: [off] }],
    ['both percentage and amount', { discounts: [{ ...off, percentage: '1', amountMinor: 1 }] }],
    ['more than 100 % off', { discounts: [{ ...off, percentage: '100.1' }] }],
    ['a percentage in words', { discounts: [{ ...off, percentage: 'half' }] }],
    ['a line that is not there', { discounts: [{ ...off, amountMinor: 1, lineIds: ['x'] }] }],
    ['no line at all', { discounts: [{ ...off, amountMinor: 1, lineIds: [] }] }],
    [
      'the same discount twice',
      {
        discounts: [
          { ...off, amountMinor: 1 },
          { ...off, amountMinor: 1 },
        ],
      },
    ],
    [
      'a tax of more than 100 %',
      { taxes: [{ taxId: 't', name: 'T', percentage: '101', kind: 'exclusive' }] },
    ],
    [
      'a charge of more than 1000 %',
      { serviceCharges: [{ chargeId: 's', name: 'S', percentage: '1001' }] },
    ],
  ])('refuses an adjustment with %s', (_, data) => {
    place(data).thenRefused('invalid_adjustment');
  });

  it('takes a service charge of several times the order', () => {
    const serviceCharges = [{ chargeId: 's', name: 'S', percentage: '1000' }];
    expect(orderAfter(placeOrder({ serviceCharges })).totals.totalMinor).toBe(1100);
  });

  it('takes 500 lines', () => {
    const order = orderAfter(placeOrder({ lines: many(500, () => line()) }));
    expect(order.totals.totalMinor).toBe(50_000);
  });
});

describe('an order that is not there', () => {
  it('takes no command', () => {
    none.when(cancel).thenRefused('order_not_found');
  });
});
