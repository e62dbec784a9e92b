import {
  type ImportOrder,
  orderDecider,
  type OrderEvent,
} from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  contextOf,
  ORDER,
  orderOf,
  placeOrder,
  pricedLine,
  totals,
} from '../../support/order-builders.ts';

type Data = ImportOrder['data'];

const payment: Data['payments'][number] = {
  paymentId: 'pay-1',
  method: 'credit_card',
  amountMinor: 100,
  tipMinor: 20,
  at: '2025-03-01T21:30:00Z',
};

/** A Square order of 100 with a tip of 20, paid by card some days before it is imported. */
const importOrder = (data: Partial<Data> = {}): ImportOrder => ({
  type: 'ImportOrder',
  data: {
    source: { provider: 'square', id: 'sq-1', version: 3 },
    currency: 'EUR',
    lines: [pricedLine()],
    totals: totals({ grossMinor: 100, tipMinor: 20, totalMinor: 120 }),
    placedAt: '2025-03-01T21:00:00Z',
    businessDay: '2025-03-01',
    payments: [payment],
    ...data,
  },
});
const none = given(orderDecider, []);
const imported = (data: Partial<Data> = {}) =>
  orderDecider.decide(
    importOrder(data),
    orderDecider.initialState,
    contextOf('c1'),
  ) as OrderEvent[];
const refused = (data: Partial<Data>) => none.when(importOrder(data));

describe('ImportOrder', () => {
  it('takes over prices and payments as they are, on the day of the order', () => {
    const common = { orderId: ORDER, businessDay: '2025-03-01', currency: 'EUR' };
    const given120 = totals({ grossMinor: 100, tipMinor: 20, totalMinor: 120 });
    none.when(importOrder({ customerId: 'customer-1' }), contextOf('c1')).then([
      {
        type: 'OrderPlaced',
        data: {
          ...common,
          pricing: 'given',
          source: { provider: 'square', id: 'sq-1', version: 3 },
          customerId: 'customer-1',
          priority: 'medium',
          placedAt: '2025-03-01T21:00:00Z',
          cashRoundingMinor: 0,
          roundingOn: 'total',
          lines: [pricedLine()],
          discounts: [],
          taxes: [],
          serviceCharges: [],
          totals: given120,
        },
      },
      {
        type: 'OrderPaymentRecorded',
        data: {
          ...common,
          placedOn: '2025-03-01',
          paymentId: 'pay-1',
          method: 'credit_card',
          amountMinor: 100,
          tipMinor: 20,
          tipAddedMinor: 0,
          roundingAddedMinor: 0,
          changeMinor: 0,
          customerId: 'customer-1',
          paidAt: '2025-03-01T21:30:00Z',
          totals: given120,
          paidMinor: 120,
          dueMinor: 0,
        },
      },
      {
        type: 'OrderStatusChanged',
        data: { orderId: ORDER, businessDay: '2025-03-01', from: 'PENDING', to: 'CONFIRMED' },
      },
    ]);
  });

  it('does not compute anew what the provider rounds in its own way', () => {
    const odd = pricedLine({ quantity: '3.0', grossMinor: 299, taxMinor: 1, totalMinor: 300 });
    const taxes = [
      { taxId: 't', name: 'T', percentage: '9', kind: 'exclusive', appliedMinor: 1 } as const,
    ];
    const sums = totals({ grossMinor: 299, taxMinor: 1, totalMinor: 300 });
    const order = orderOf(imported({ lines: [odd], taxes, totals: sums, payments: [] }));
    expect(order).toMatchObject({ status: 'PENDING', totals: sums, pricing: 'given' });
    expect(order.lines[0]?.quantity).toBe('3');
  });

  it('keeps the status that it is given', () => {
    expect(orderOf(imported({ status: 'PENDING' })).status).toBe('PENDING');
    expect(orderOf(imported({ status: 'CONFIRMED', payments: [] })).status).toBe('CONFIRMED');
    const cancelled = orderOf(imported({ status: 'CANCELLED', payments: [] }));
    expect(cancelled.status).toBe('CANCELLED');
  });

  it('gives change for cash', () => {
    const cash = { ...payment, method: 'cash', tenderedMinor: 200 } as const;
    expect(imported({ payments: [cash] })[1]?.data).toMatchObject({ changeMinor: 80 });
    refused({ payments: [{ ...cash, tenderedMinor: 119 }] }).thenRefused('tendered_too_little');
  });

  it('refuses to cancel what is paid', () => {
    refused({ status: 'CANCELLED' }).thenRefused('illegal_transition');
  });

  it('refuses more payments than the total', () => {
    const again = { ...payment, paymentId: 'pay-2', amountMinor: 1, tipMinor: 0 };
    refused({ payments: [payment, again] }).thenRefused('payment_exceeds_due');
  });

  it.each<[string, string, Partial<Data>]>([
    ['the total', 'totalMinor', { totals: totals({ grossMinor: 100, totalMinor: 120 }) }],
    ['a line', 'line-1.totalMinor', { lines: [pricedLine({ totalMinor: 99 })] }],
    ['the gross sum', 'grossMinor', { totals: totals({ grossMinor: 120, totalMinor: 120 }) }],
    [
      'the service charges',
      'serviceChargeMinor',
      { totals: totals({ grossMinor: 100, serviceChargeMinor: 20, totalMinor: 120 }) },
    ],
    [
      'the taxes',
      'taxMinor',
      { totals: totals({ grossMinor: 100, taxMinor: 20, totalMinor: 120 }) },
    ],
  ])('says what it expected and found when %s does not add up', (_, field, data) => {
    const error = refused(data).thenRefused('total_mismatch');
    expect(error.details).toMatchObject({
      field,
      expected: expect.any(Number) as number,
      found: expect.any(Number) as number,
    });
  });

  it('names expected and found of a total that is wrong', () => {
    const wrong = totals({ grossMinor: 100, tipMinor: 20, totalMinor: 121 });
    const error = refused({ totals: wrong }).thenRefused('total_mismatch');
    expect(error.details).toEqual({ field: 'totalMinor', expected: 120, found: 121 });
  });

  it('adds the tax of service charges to that of the lines', () => {
    const charge = { chargeId: 's', name: 'S', taxable: true, appliedMinor: 50, taxMinor: 5 };
    const sums = { grossMinor: 100, serviceChargeMinor: 50, taxMinor: 5, totalMinor: 155 };
    const order = orderOf(
      imported({ serviceCharges: [charge], totals: totals(sums), payments: [] }),
    );
    expect(order.totals.totalMinor).toBe(155);
  });

  it('adds the inclusive tax of service charges to that of the lines', () => {
    const charge = { chargeId: 's', name: 'S', taxable: true, appliedMinor: 50, taxMinor: 0 };
    const sums = { grossMinor: 100, serviceChargeMinor: 50, inclusiveTaxMinor: 8, totalMinor: 150 };
    const data = { totals: totals(sums), payments: [] };
    const order = orderOf(
      imported({ ...data, serviceCharges: [{ ...charge, inclusiveTaxMinor: 8 }] }),
    );
    expect(order.serviceCharges).toMatchObject([{ inclusiveTaxMinor: 8 }]);
    refused({ ...data, serviceCharges: [charge] }).thenRefused('total_mismatch');
  });

  it('accepts a declined modifier, of quantity 0', () => {
    const modifiers = [{ name: 'Onions', quantity: 0, unitPriceMinor: 0, totalMinor: 0 }];
    const order = orderOf(imported({ lines: [pricedLine({ modifiers })] }));
    expect(order.lines[0]?.modifiers).toEqual(modifiers);
  });

  it('accepts a void line without amounts beside others, and no line of quantity 0 else', () => {
    const empty = { lineId: 'void', quantity: '0', grossMinor: 0, totalMinor: 0 };
    const order = orderOf(
      imported({ lines: [pricedLine(), pricedLine({ ...empty, voided: true })] }),
    );
    expect(order.lines[1]).toMatchObject({ quantity: '0', voided: true, totalMinor: 0 });
    refused({ lines: [pricedLine(), pricedLine(empty)] }).thenRefused('invalid_request');
    const sold = pricedLine({ lineId: 'void', voided: true });
    refused({ lines: [pricedLine(), sold] }).thenRefused('invalid_request');
  });

  it.each<[string, Partial<Data>]>([
    ['a time without zone', { placedAt: '2025-03-01 21:00' }],
    ['a day in words', { businessDay: 'yesterday' }],
    ['an unknown provider', { source: { provider: 'x' as 'square', id: '1' } }],
    ['no source id', { source: { provider: 'square', id: '' } }],
    ['no line', { lines: [] }],
    ['a payment on account', { payments: [{ ...payment, method: 'on_account' as 'cash' }] }],
    ['change from a card', { payments: [{ ...payment, tenderedMinor: 200 }] }],
    [
      'one payment twice',
      {
        payments: [
          { ...payment, amountMinor: 10 },
          { ...payment, amountMinor: 10 },
        ],
      },
    ],
    ['101 payments', { payments: Array.from({ length: 101 }, () => payment) }],
  ])('cannot be understood with %s', (_, data) => {
    refused(data).thenRefused('invalid_request');
  });

  it.each<[string, Partial<Data>]>([
    ['a negative line', { lines: [pricedLine({ grossMinor: -100, totalMinor: -100 })] }],
    ['a negative total', { totals: totals({ discountMinor: -120, totalMinor: 120 }) }],
    ['a rounding in fractions', { totals: totals({ roundingMinor: 0.5 }) }],
    ['a comp of 0', { lines: [pricedLine({ compMinor: 0 })] }],
    ['a negative payment', { payments: [{ ...payment, amountMinor: -1 }] }],
    [
      'a modifier taken -1 times',
      {
        lines: [
          pricedLine({
            modifiers: [{ name: 'm', quantity: -1, unitPriceMinor: 0, totalMinor: 0 }],
          }),
        ],
      },
    ],
    [
      'a negative discount',
      { discounts: [{ discountId: 'd', name: 'D', amountMinor: 1, appliedMinor: -1 }] },
    ],
  ])('refuses %s', (_, data) => {
    refused(data).thenRefused('amount_out_of_range');
  });

  it('refuses lines and adjustments that do not fit together', () => {
    refused({ lines: [pricedLine(), pricedLine()] }).thenRefused('duplicate_line');
    const discount = { discountId: 'd', name: 'D', lineIds: ['x'], appliedMinor: 0 };
    refused({ discounts: [discount] }).thenRefused('invalid_adjustment');
    refused({ currency: 'XXX' }).thenRefused('unknown_currency');
  });

  it('is refused where the order exists', () => {
    const events = imported();
    given(orderDecider, events).when(importOrder()).thenRefused('order_exists');
    given(orderDecider, events).when(placeOrder()).thenRefused('order_exists');
  });
});
