import type { ErrorCode } from '../../../src/domain/kernel/errors.ts';
import {
  dueMinor,
  netPaidMinor,
  type OrderCommand,
  orderDecider,
  paidMinor,
} from '../../../src/domain/orders/index.ts';
import { given } from '../../support/decider.ts';
import {
  charge,
  confirm,
  contextOf,
  happened,
  idOf,
  orderAfter,
  orderOf,
  pay,
  placeOrder,
  refund,
} from '../../support/order-builders.ts';

const tip = (
  command: string,
  tipMinor: number,
  data: Partial<Extract<OrderCommand, { type: 'AdjustTip' }>['data']> = {},
): OrderCommand => ({
  type: 'AdjustTip',
  data: { paymentId: idOf(command), tipMinor, currency: 'EUR', ...data },
});

const at = (...commands: OrderCommand[]) =>
  given(orderDecider, happened(placeOrder(), ...commands));
const refused = (command: OrderCommand, code: ErrorCode, ...before: OrderCommand[]) =>
  at(...before)
    .when(command, contextOf('c9'))
    .thenRefused(code);

describe('a tip that is changed after the payment', () => {
  it('raises the total and what is paid, and leaves nothing due', () => {
    const order = orderAfter(placeOrder(), pay(100, { method: 'credit_card' }), tip('c2', 15));
    expect(order.totals).toMatchObject({ grossMinor: 100, tipMinor: 15, totalMinor: 115 });
    expect([paidMinor(order), dueMinor(order), order.paid.card]).toEqual([115, 0, 115]);
    expect(order.status).toBe('CONFIRMED');
  });

  it('replaces the tip, however often it is changed', () => {
    const card = pay(100, { method: 'credit_card', tipMinor: 20 });
    const lower = tip('c2', 5, { reason: 'typed twice' });
    const order = orderAfter(placeOrder(), card, tip('c2', 30), lower);
    expect(order.totals).toMatchObject({ tipMinor: 5, totalMinor: 105 });
    expect(order.payments).toEqual([
      { paymentId: idOf('c2'), method: 'credit_card', amountMinor: 100, tipMinor: 5 },
    ]);
  });

  it('changes the tip of the payment that it names', () => {
    const order = orderAfter(
      placeOrder(),
      pay(40, { method: 'qr', tipMinor: 4 }),
      pay(60, { tipMinor: 6 }),
      tip('c3', 10),
    );
    expect(order.payments.map(({ tipMinor }) => tipMinor)).toEqual([4, 10]);
    expect(order.paid).toEqual({ cash: 70, card: 44, account: 0 });
  });

  it('keeps the change first, then takes more cash', () => {
    const [kept] = happened(placeOrder(), pay(100, { tenderedMinor: 120 }), tip('c2', 15)).slice(
      -1,
    );
    expect(kept).toMatchObject({ data: { tenderedMinor: 120, changeMinor: 5, tipAddedMinor: 15 } });
    const [more] = happened(placeOrder(), pay(100, { tenderedMinor: 120 }), tip('c2', 30)).slice(
      -1,
    );
    expect(more).toMatchObject({ data: { tenderedMinor: 130, changeMinor: 0 } });
  });

  it('moves the drawer session of the payment, or the one that it names', () => {
    const paid = [placeOrder(), pay(100, { drawerId: 'morning' })];
    const [same] = happened(...paid, tip('c2', 5)).slice(-1);
    expect(same).toMatchObject({ data: { drawerId: 'morning' } });
    const [other] = happened(...paid, tip('c2', 5, { drawerId: 'evening' })).slice(-1);
    expect(other).toMatchObject({ data: { drawerId: 'evening' } });
  });

  it('is not lowered below what was refunded of tips, of the tender, or at all', () => {
    const paid = pay(100, { method: 'credit_card', tipMinor: 20 });
    const ofTip = refund({ tipMinor: 12, amountMinor: 0 });
    refused(tip('c2', 11, { reason: 'r' }), 'tip_below_refunded', paid, ofTip);
    const twelve = orderAfter(placeOrder(), paid, ofTip, tip('c2', 12, { reason: 'r' }));
    expect(netPaidMinor(twelve)).toBe(100);
  });

  it('closes the order when the rest was refunded before', () => {
    const paid = pay(100, { method: 'credit_card', tipMinor: 20 });
    const goods = refund({ amountMinor: 100 });
    const order = orderOf(
      happened(placeOrder(), paid, goods, tip('c2', 0, { reason: 'not left' })),
    );
    expect([order.status, netPaidMinor(order)]).toEqual(['REFUNDED', 0]);
  });

  it('is refused where there is no such tip', () => {
    const paid = pay(100);
    refused(tip('c8', 5), 'payment_not_found', paid);
    refused(tip('c2', 5, { currency: 'USD' }), 'currency_mismatch', paid);
    refused(tip('c2', -1), 'amount_out_of_range', paid);
    refused(tip('c2', 0), 'invalid_request', pay(100, { tipMinor: 3 }));
    refused(tip('c2', 5), 'tip_not_adjustable', charge(100), confirm('c2'));
    refused(tip('c2', 5), 'order_closed', paid, refund());
  });
});
