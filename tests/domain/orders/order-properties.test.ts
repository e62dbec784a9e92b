import fc from 'fast-check';

import { TillstreamError } from '../../../src/domain/kernel/errors.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import {
  assertAddsUp,
  dueMinor,
  type ImportOrder,
  netPaidMinor,
  type Order,
  ORDER_STATUSES,
  type OrderCommand,
  orderDecider,
  type OrderEvent,
  orderEvents,
  type OrderState,
  paidMinor,
  payableMinor,
  refundedMinor,
} from '../../../src/domain/orders/index.ts';
import { createEventChecks } from '../../../src/engine/commands/event-checks.ts';
import { fold } from '../../support/decider.ts';
import {
  charge,
  contextOf,
  line,
  orderAfter,
  orderOf,
  pay,
  placeOrder,
  refund,
} from '../../support/order-builders.ts';

const check = createEventChecks(eventTypes(orderEvents.types));

const LINE_IDS = ['a', 'b', 'c'];
const lineId = fc.constantFrom(...LINE_IDS, 'x');
const amount = fc.oneof(
  fc.integer({ min: 1, max: 400 }),
  fc.constantFrom(1000, 2000, 5000, 0, -1, Number.MAX_SAFE_INTEGER),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const quantity = fc.constantFrom('1', '2', '0.5', '3', '0');

/** Without its undefined fields, as a request has it. */
const tidy = <T extends object>(fields: T) =>
  JSON.parse(JSON.stringify(fields)) as { [K in keyof T]?: Exclude<T[K], undefined> };

const places = fc
  .record({
    prices: fc.tuple(...LINE_IDS.map(() => fc.integer({ min: 0, max: 900 }))),
    off: fc.constantFrom('0', '7.5', '100'),
    tax: fc.constantFrom('0', '8.875'),
    tipMinor: fc.constantFrom(0, 40),
    coin: fc.constantFrom(0, 5),
  })
  .map(({ prices, off, tax, tipMinor, coin }) =>
    placeOrder({
      lines: prices.map((unitPriceMinor, i) =>
        line({ lineId: LINE_IDS[i] ?? '', unitPriceMinor, quantity: String(i + 1) }),
      ),
      discounts: [{ discountId: 'd', name: 'Off', percentage: off }],
      taxes: [{ taxId: 't', name: 'Tax', percentage: tax, kind: 'exclusive' }],
      serviceCharges: [{ chargeId: 's', name: 'S', percentage: '5', taxable: true }],
      tipMinor,
      cashRoundingMinor: coin,
    }),
  );

/** The same orders as a provider would hand them over, with a payment. */
const imports = fc.tuple(places, fc.nat({ max: 300 })).map(([placed, paid]): ImportOrder => {
  const { lines, discounts, taxes, serviceCharges, totals } = orderAfter(placed);
  return {
    type: 'ImportOrder',
    data: {
      source: { provider: 'square', id: 'sq-1' },
      currency: 'EUR',
      lines,
      discounts,
      taxes,
      serviceCharges,
      totals,
      placedAt: '2025-03-01T21:00:00Z',
      businessDay: '2025-03-01',
      payments: [
        {
          paymentId: 'p',
          method: 'credit_card',
          amountMinor: Math.min(paid, totals.totalMinor),
          tipMinor: 0,
        },
      ],
    },
  };
});

const payment = fc
  .record({
    amount,
    method: fc.constantFrom('cash', 'credit_card', 'qr'),
    tipMinor: maybe(fc.nat({ max: 30 })),
  })
  .map(({ amount: amountMinor, ...rest }) => pay(amountMinor, tidy(rest) as object));
const refundLine = fc.oneof(
  fc.record({ lineId, quantity }),
  fc.record({ lineId, amountMinor: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ lineId }),
);
const wayBack = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.nat({ max: 50 }).map((toCashMinor) => ({ toCashMinor })),
  fc.nat({ max: 50 }).map((toAccountMinor) => ({ toAccountMinor })),
  fc.constant({ toCashMinor: 0, toCardMinor: 0 }),
);
const refunds = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ amountMinor: fc.nat({ max: 500 }) }) },
      { weight: 1, arbitrary: fc.record({ amountMinor: amount, tipMinor: fc.nat({ max: 40 }) }) },
      { weight: 4, arbitrary: fc.record({ lines: fc.array(refundLine, { maxLength: 2 }) }) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    wayBack,
  )
  .map(([what, where]) => refund({ ...what, ...where }));
const tips = fc
  .tuple(fc.nat({ max: 3 }), fc.nat({ max: 60 }))
  .map(([place, tipMinor]): OrderCommand => ({
    type: 'AdjustTip',
    data: { paymentId: String(place), tipMinor, currency: 'EUR', reason: 'r' },
  }));
/** Stand for what only the order knows: the id of its latest charge, and all that is payable. */
const LATEST = 'latest';
const ALL = 999_999;
const answer = fc
  .boolean()
  .map((yes): OrderCommand =>
    yes
      ? { type: 'ConfirmAccountCharge', data: { chargeId: LATEST, debtId: 'd' } }
      : { type: 'RejectAccountCharge', data: { chargeId: LATEST, code: 'no', message: 'no' } },
  );

function filledIn(command: OrderCommand, state: OrderState): OrderCommand {
  if (state.status === 'none') return command;
  const chargeId = state.charges.at(-1)?.chargeId ?? LATEST;
  switch (command.type) {
    case 'RecordPayment':
      if (command.data.amountMinor !== ALL) return command;
      return { ...command, data: { ...command.data, amountMinor: payableMinor(state) } };
    case 'AdjustTip': {
      const paymentId = state.payments[Number(command.data.paymentId)]?.paymentId ?? 'none';
      return { ...command, data: { ...command.data, paymentId } };
    }
    case 'ConfirmAccountCharge':
      return { ...command, data: { ...command.data, chargeId } };
    case 'RejectAccountCharge':
      return { ...command, data: { ...command.data, chargeId } };
    default:
      return command;
  }
}

const command: fc.Arbitrary<OrderCommand> = fc.oneof(
  { weight: 5, arbitrary: payment },
  { weight: 3, arbitrary: fc.constantFrom('cash', 'qr').map((method) => pay(ALL, { method })) },
  { weight: 3, arbitrary: amount.map((amountMinor) => charge(amountMinor)) },
  { weight: 5, arbitrary: answer },
  { weight: 8, arbitrary: refunds },
  { weight: 5, arbitrary: tips },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...ORDER_STATUSES)
      .map((status): OrderCommand => ({ type: 'ReportStatus', data: { status } })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(lineId, maybe(quantity)).map(([id, some]): OrderCommand => ({
      type: 'VoidLine',
      data: { lineId: id, reason: 'typo', ...(some !== undefined && { quantity: some }) },
    })),
  },
  {
    weight: 1,
    arbitrary: maybe(lineId).map((id): OrderCommand => ({
      type: 'CompOrder',
      data: { reason: 'r', approvedBy: 'Ada', ...(id !== undefined && { lineId: id }) },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<OrderCommand>({ type: 'CancelOrder', data: { reason: 'r' } }),
  },
);

/** Written down a second time on purpose, so that a slip in the rules shows. */
const LISTED = new Set(
  [
    'PENDING>PROCESSING PENDING>PAYMENT_PENDING PENDING>PAYMENT_FAILED PENDING>CONFIRMED',
    'PENDING>CANCELLED PENDING>REFUNDED PROCESSING>PAYMENT_PENDING PROCESSING>PAYMENT_FAILED',
    'PROCESSING>CONFIRMED PROCESSING>CANCELLED PROCESSING>REFUNDED PAYMENT_PENDING>PAYMENT_FAILED',
    'PAYMENT_PENDING>CONFIRMED PAYMENT_PENDING>CANCELLED PAYMENT_PENDING>REFUNDED',
    'PAYMENT_FAILED>PAYMENT_PENDING PAYMENT_FAILED>CONFIRMED PAYMENT_FAILED>CANCELLED',
    'PAYMENT_FAILED>REFUNDED CONFIRMED>SHIPPED CONFIRMED>DELIVERED CONFIRMED>CANCELLED',
    'CONFIRMED>REFUNDED SHIPPED>DELIVERED SHIPPED>REFUNDED DELIVERED>REFUNDED',
  ].flatMap((row) => row.split(' ')),
);

/** Carries commands out one after the other; those that are refused change nothing. */
function carryOut(commands: readonly OrderCommand[], seen: (before: Order, after: Order) => void) {
  const events: OrderEvent[] = [];
  const accepted = new Set<string>();
  let state: OrderState = orderDecider.initialState;
  commands.forEach((each, i) => {
    let decided: readonly OrderEvent[];
    try {
      decided = orderDecider.decide(filledIn(each, state), state, contextOf(`c${i}`));
    } catch (error) {
      if (error instanceof TillstreamError && error.kind !== 'internal') return;
      throw error;
    }
    accepted.add(each.type);
    for (const event of decided) {
      check(event);
      events.push(event);
      const before = state;
      state = orderDecider.evolve(state, event);
      if (before.status !== 'none' && state.status !== 'none') seen(before, state);
    }
  });
  return { events, accepted };
}

function expectSound(order: Order): void {
  expect(paidMinor(order)).toBeLessThanOrEqual(order.totals.totalMinor);
  expect(refundedMinor(order)).toBeLessThanOrEqual(paidMinor(order));
  expect(paidMinor(order) + dueMinor(order)).toBe(order.totals.totalMinor);
  expect(payableMinor(order)).toBeGreaterThanOrEqual(0);
  expect(order.refunded.cash).toBeLessThanOrEqual(order.paid.cash);
  expect(order.refunded.card).toBeLessThanOrEqual(order.paid.card);
  expect(order.refundedTipMinor).toBeLessThanOrEqual(order.totals.tipMinor);
  for (const { amountMinor, tipMinor, tenderedMinor } of order.payments) {
    expect(tenderedMinor ?? Infinity).toBeGreaterThanOrEqual(amountMinor + tipMinor);
  }
  const { totals } = order;
  expect(order.refundedTaxMinor).toBeGreaterThanOrEqual(0);
  expect(order.refundedTaxMinor).toBeLessThanOrEqual(totals.taxMinor);
  expect(order.refundedInclusiveTaxMinor).toBeLessThanOrEqual(totals.inclusiveTaxMinor);
  expect(Math.abs(order.refundedRoundingMinor)).toBeLessThanOrEqual(Math.abs(totals.roundingMinor));
  if (refundedMinor(order) === totals.totalMinor && totals.totalMinor > 0) {
    expect(order.refundedTaxMinor).toBe(totals.taxMinor);
    expect(order.refundedInclusiveTaxMinor).toBe(totals.inclusiveTaxMinor);
  }
  for (const { lineId: id, amountMinor } of order.lineRefunds) {
    const total = order.lines.find((each) => each.lineId === id)?.totalMinor ?? 0;
    expect(amountMinor).toBeLessThanOrEqual(total);
  }
}

/** The money of an order once more, by summing its events instead of folding them. */
function expectSumsOf(events: readonly OrderEvent[], order: Order): void {
  let [paid, back] = [0, 0];
  for (const { type, data } of events) {
    if (type === 'OrderPaymentRecorded') paid += data.amountMinor + data.tipMinor;
    if (type === 'OrderTipAdjusted') paid += data.tipMinor - data.previousTipMinor;
    if (type === 'AccountChargeConfirmed') paid += data.amountMinor;
    if (type === 'OrderRefunded') {
      expect(data.toCashMinor + data.toCardMinor + data.toAccountMinor).toBe(
        data.amountMinor + data.tipMinor,
      );
      const ofLines = data.lines.reduce((sum, each) => sum + each.amountMinor, data.roundingMinor);
      if (data.lines.length > 0) expect(ofLines).toBe(data.amountMinor);
      back += data.amountMinor + data.tipMinor;
      expect(data.remainingMinor).toBe(paid - back);
    }
  }
  expect(paidMinor(order)).toBe(paid);
  expect(netPaidMinor(order)).toBe(paid - back);
}

const histories = fc.tuple(
  fc.oneof({ weight: 4, arbitrary: places }, { weight: 1, arbitrary: imports }),
  fc.array(command, { maxLength: 30, size: 'max' }),
);

describe('any sequence of commands', () => {
  it('keeps paid within the total and refunds within what was paid', () => {
    const accepted = new Set<string>();
    fc.assert(
      fc.property(histories, ([first, rest]) => {
        const done = carryOut([first, ...rest], (_, after) => expectSound(after));
        done.accepted.forEach((type) => accepted.add(type));
        expectSumsOf(done.events, orderOf(done.events));
      }),
      { numRuns: 300 },
    );
    // A property about commands that are all refused would hold as well: each must come through.
    expect([...accepted].sort()).toEqual([
      'AdjustTip',
      'CancelOrder',
      'CompOrder',
      'ConfirmAccountCharge',
      'ImportOrder',
      'PlaceOrder',
      'RecordPayment',
      'RefundOrder',
      'RejectAccountCharge',
      'ReportStatus',
      'RequestAccountCharge',
      'VoidLine',
    ]);
  });

  it('takes listed transitions only, and none out of a final status', () => {
    const taken = new Set<string>();
    fc.assert(
      fc.property(histories, ([first, rest]) => {
        carryOut([first, ...rest], (before, after) => {
          if (['CANCELLED', 'REFUNDED'].includes(before.status)) expect(after).toEqual(before);
          if (before.status === after.status) return;
          taken.add(`${before.status}>${after.status}`);
        });
      }),
      { numRuns: 300 },
    );
    expect([...taken].filter((transition) => !LISTED.has(transition))).toEqual([]);
    expect([...taken]).toEqual(expect.arrayContaining(['PENDING>CONFIRMED', 'CONFIRMED>REFUNDED']));
  });

  it('adds up after every event, and folds to the same order from its events', () => {
    fc.assert(
      fc.property(histories, ([first, rest]) => {
        const { events } = carryOut([first, ...rest], (_, { lines, serviceCharges, totals }) =>
          assertAddsUp(lines, serviceCharges, totals),
        );
        const copy = JSON.parse(JSON.stringify(events)) as OrderEvent[];
        expect(fold<OrderState, OrderEvent>(orderDecider, copy)).toEqual(orderOf(events));
      }),
      { numRuns: 100 },
    );
  });

  it('sends back everything that was paid when everything is returned', () => {
    fc.assert(
      fc.property(histories, ([first, rest]) => {
        const { events } = carryOut([first, ...rest, refund()], () => undefined);
        expect(netPaidMinor(orderOf(events))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the fold of an order', () => {
  const place = orderDecider.decide(placeOrder(), orderDecider.initialState, contextOf('c1'));
  const evolved =
    (...more: OrderEvent[]) =>
    () =>
      [...place, ...more].reduce(
        (state, event) => orderDecider.evolve(state, event),
        orderDecider.initialState,
      );
  const about = { orderId: 'order-1', businessDay: '2025-03-10' };

  it('stops at events that cannot follow', () => {
    expect(evolved(...place)).toThrow('an order to be placed once');
    const unlisted = { ...about, from: 'PENDING', to: 'SHIPPED' } as const;
    expect(evolved({ type: 'OrderStatusChanged', data: unlisted })).toThrow('a listed transition');
    const other = { ...about, from: 'SHIPPED', to: 'DELIVERED' } as const;
    expect(evolved({ type: 'OrderStatusChanged', data: other })).toThrow('a change from PENDING');
    const stale = { ...about, reported: 'PENDING', status: 'PENDING' } as const;
    expect(() =>
      orderDecider.evolve(orderDecider.initialState, { type: 'StaleStatusReported', data: stale }),
    ).toThrow('an order');
  });

  it('stops at books that do not add up', () => {
    const [paid] = orderDecider.decide(pay(40), orderOf(place), contextOf('c2'));
    if (paid?.type !== 'OrderPaymentRecorded') throw new Error('expected a payment');
    const withData = (data: object): OrderEvent => ({ ...paid, data: { ...paid.data, ...data } });
    expect(evolved(withData({ dueMinor: 59 }))).toThrow('as much paid and due');
    const totals = { ...paid.data.totals, totalMinor: 99 };
    expect(evolved(withData({ totals, dueMinor: 59 }))).toThrow('totals that add up');
    const over = { amountMinor: 140, paidMinor: 140, dueMinor: -40 };
    expect(evolved(withData(over))).toThrow('no more paid and pending than the total');
  });

  it('stops at a refund that does not go anywhere, or of more than was paid', () => {
    const start = orderOf([
      ...place,
      ...orderDecider.decide(pay(40), orderOf(place), contextOf('c2')),
    ]);
    const [back] = orderDecider.decide(refund(), start, contextOf('c3'));
    if (back?.type !== 'OrderRefunded') throw new Error('expected a refund');
    const withData = (data: object) => () =>
      orderDecider.evolve(start, { ...back, data: { ...back.data, ...data } });
    expect(withData({ toCashMinor: 39 })).toThrow('a refund that goes somewhere in full');
    expect(withData({ remainingMinor: 1 })).toThrow('what remains to be what the event states');
    expect(withData({ amountMinor: 41, toCashMinor: 41, remainingMinor: -1 })).toThrow(
      'no more refunded than was paid',
    );
  });

  it('stops at an answer to a charge that nobody asked for', () => {
    const money = { ...about, currency: 'EUR', placedOn: '2025-03-10' };
    const data = {
      ...money,
      chargeId: 'x',
      customerId: 'c',
      amountMinor: 1,
      code: 'n',
      message: 'n',
    };
    expect(evolved({ type: 'AccountChargeRejected', data })).toThrow('a pending charge');
  });
});
