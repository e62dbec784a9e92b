import { type OrderCommand, orderDecider } from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  cancel,
  charge,
  confirm,
  contextOf,
  CUSTOMER,
  happened,
  idOf,
  ORDER,
  orderAfter,
  pay,
  placeOrder,
  refund,
  reject,
  totals,
} from '../../support/order-builders.ts';

const about = { orderId: ORDER, businessDay: '2025-03-11' };
const money = { ...about, currency: 'EUR', placedOn: '2025-03-10' };
const confirmed = { type: 'OrderStatusChanged', data: { ...about, to: 'CONFIRMED' } } as const;
const at = (...commands: OrderCommand[]) =>
  given(orderDecider, happened(placeOrder(), ...commands));
/** A command of the day after the order. */
const next = (commandId: string) => contextOf(commandId, '2025-03-11');

describe('RecordPayment', () => {
  it('records a part, and then the rest, which confirms the order', () => {
    const after = totals({ grossMinor: 100, totalMinor: 100 });
    at()
      .when(pay(40, { method: 'qr', reference: 'slip 7' }), next('p1'))
      .then([
        {
          type: 'OrderPaymentRecorded',
          data: {
            ...money,
            paymentId: idOf('p1'),
            method: 'qr',
            amountMinor: 40,
            tipMinor: 0,
            tipAddedMinor: 0,
            roundingAddedMinor: 0,
            changeMinor: 0,
            reference: 'slip 7',
            totals: after,
            paidMinor: 40,
            dueMinor: 60,
          },
        },
      ]);
    at(pay(40))
      .when(pay(60, { tenderedMinor: 100 }), next('p2'))
      .then([
        {
          type: 'OrderPaymentRecorded',
          data: {
            ...money,
            paymentId: idOf('p2'),
            method: 'cash',
            amountMinor: 60,
            tipMinor: 0,
            tipAddedMinor: 0,
            roundingAddedMinor: 0,
            tenderedMinor: 100,
            changeMinor: 40,
            totals: after,
            paidMinor: 100,
            dueMinor: 0,
          },
        },
        { ...confirmed, data: { ...confirmed.data, from: 'PENDING' } },
      ]);
  });

  it('raises the total by the tip, which is paid at once', () => {
    const order = orderAfter(placeOrder(), pay(60, { tipMinor: 15, tenderedMinor: 80 }));
    expect(order).toMatchObject({
      totals: totals({ grossMinor: 100, tipMinor: 15, totalMinor: 115 }),
      paid: { cash: 75, card: 0, account: 0 },
      status: 'PENDING',
    });
    expect(
      happened(placeOrder(), pay(60, { tipMinor: 15, tenderedMinor: 80 }))[1]?.data,
    ).toMatchObject({ changeMinor: 5, tipAddedMinor: 15, paidMinor: 75, dueMinor: 40 });
  });

  it.each(['PROCESSING', 'PAYMENT_PENDING', 'PAYMENT_FAILED'] as const)(
    'confirms an order that is %s',
    (status) => {
      const report: OrderCommand = { type: 'ReportStatus', data: { status } };
      expect(orderAfter(placeOrder(), report, pay(100)).status).toBe('CONFIRMED');
    },
  );

  it('leaves the status of an order that has come further', () => {
    const report: OrderCommand = { type: 'ReportStatus', data: { status: 'CONFIRMED' } };
    const deliver: OrderCommand = { type: 'ReportStatus', data: { status: 'DELIVERED' } };
    expect(orderAfter(placeOrder(), report, deliver, pay(100)).status).toBe('DELIVERED');
  });

  it('is refused for more than what is due, what is reserved left out', () => {
    expect(at(pay(40)).when(pay(61)).thenRefused('payment_exceeds_due').details).toEqual({
      dueMinor: 60,
      requestedMinor: 61,
    });
    at(charge(70)).when(pay(31)).thenRefused('payment_exceeds_due');
    at(pay(100)).when(pay(1)).thenRefused('order_fully_paid');
  });

  it('is refused in another currency, with too little cash and after the end', () => {
    at()
      .when(pay(1, { currency: 'USD' }))
      .thenRefused('currency_mismatch');
    at()
      .when(pay(50, { tipMinor: 5, tenderedMinor: 54 }))
      .thenRefused('tendered_too_little');
    at(cancel).when(pay(1)).thenRefused('order_closed');
  });

  it('takes amounts above 0 and tips of 0 or more', () => {
    for (const command of [pay(0), pay(-1), pay(1.5), pay(1, { tipMinor: -1 })]) {
      at().when(command).thenRefused('amount_out_of_range');
    }
    at()
      .when(pay(1, { tipMinor: Number.MAX_SAFE_INTEGER }))
      .thenRefused('amount_out_of_range');
  });

  it('cannot be understood on account, or with cash handed over for a card', () => {
    at()
      .when(pay(1, { method: 'on_account' as 'cash' }))
      .thenRefused('invalid_request');
    at()
      .when(pay(1, { method: 'qr', tenderedMinor: 2 }))
      .thenRefused('invalid_request');
  });
});

describe('charges to an account', () => {
  const requested = {
    ...money,
    chargeId: idOf('ch'),
    customerId: CUSTOMER,
    amountMinor: 70,
  };

  it('reserve what they ask for until the account answers', () => {
    at()
      .when(
        {
          type: 'RequestAccountCharge',
          data: {
            customerId: CUSTOMER,
            amountMinor: 70,
            currency: 'EUR',
            dueDate: '2025-04-01',
            note: 'friday',
          },
        },
        next('ch'),
      )
      .then([
        {
          type: 'AccountChargeRequested',
          data: { ...requested, dueDate: '2025-04-01', note: 'friday' },
        },
      ]);
    at(charge(70)).when(charge(31)).thenRefused('payment_exceeds_due');
    at(charge(70), pay(30)).when(charge(1)).thenRefused('payment_exceeds_due');
    at(pay(100)).when(charge(1)).thenRefused('order_fully_paid');
  });

  it('count as paid once confirmed, and confirm the order when nothing is due', () => {
    at(pay(30), charge(70))
      .when(
        { type: 'ConfirmAccountCharge', data: { chargeId: idOf('c3'), debtId: 'd1' } },
        next('x'),
      )
      .then([
        {
          type: 'AccountChargeConfirmed',
          data: { ...requested, chargeId: idOf('c3'), debtId: 'd1', paidMinor: 100, dueMinor: 0 },
        },
        { ...confirmed, data: { ...confirmed.data, from: 'PENDING' } },
      ]);
    const order = orderAfter(placeOrder(), charge(70), confirm('c2'));
    expect(order).toMatchObject({ status: 'PENDING', paid: { cash: 0, card: 0, account: 70 } });
  });

  it('are due again once rejected', () => {
    at(charge(70))
      .when(reject('c2'), next('x'))
      .then([
        {
          type: 'AccountChargeRejected',
          data: {
            ...requested,
            chargeId: idOf('c2'),
            code: 'credit_limit_exceeded',
            message: 'over the limit',
          },
        },
      ]);
    expect(orderAfter(placeOrder(), charge(70), reject('c2'), pay(100)).status).toBe('CONFIRMED');
  });

  it('are answered once: a repeat yields nothing, also after the end', () => {
    for (const answer of [confirm('c2'), reject('c2')]) {
      at(charge(70), confirm('c2')).when(answer).then([]);
      at(charge(70), reject('c2')).when(answer).then([]);
      at(charge(100), confirm('c2'), refund()).when(answer).then([]);
    }
  });

  it('are not known before they were asked for', () => {
    at().when(confirm('c9')).thenRefused('not_found');
    at().when(reject('c9')).thenRefused('not_found');
  });

  it('go to one account only', () => {
    at(charge(30)).when(charge(30, 'other')).thenRefused('invalid_adjustment');
    expect(orderAfter(placeOrder(), charge(30), reject('c2'), charge(30, 'other')).charges).toEqual(
      [
        expect.objectContaining({ customerId: CUSTOMER, outcome: 'rejected' }),
        expect.objectContaining({ customerId: 'other', outcome: 'pending' }),
      ],
    );
  });

  it('are refused in another currency and after the end', () => {
    const data = { customerId: CUSTOMER, amountMinor: 1, currency: 'USD' };
    at().when({ type: 'RequestAccountCharge', data }).thenRefused('currency_mismatch');
    at(cancel).when(charge(1)).thenRefused('order_closed');
    at().when(charge(0)).thenRefused('amount_out_of_range');
    at()
      .when({
        type: 'RequestAccountCharge',
        data: { ...data, currency: 'EUR', dueDate: 'friday' },
      })
      .thenRefused('invalid_request');
  });
});
