import {
  type AccountCommand,
  accountDecider,
  type AccountEvent,
  type AccountPaymentRecorded,
} from '../../../src/domain/accounts/index.ts';
import { MAX_AMOUNT_MINOR } from '../../../src/domain/kernel/money.ts';
import {
  accountOpened,
  carryOut,
  contextOf,
  CUSTOMER,
  debtOpened,
  deposited,
  idOf,
  openDebt,
  openStateOf,
  pay,
  payOut,
  returnGoods,
  TODAY,
} from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

const common = { customerId: CUSTOMER, currency: 'EUR', businessDay: TODAY };
const most = Number.MAX_SAFE_INTEGER;
/** Two debts, 100 and then 50. */
const twoDebts: AccountEvent[] = [
  accountOpened(),
  debtOpened(),
  debtOpened({ debtId: 'debt-2', amountMinor: 50, balanceMinor: 150 }),
];

const paid = (data: Partial<AccountPaymentRecorded['data']>): AccountPaymentRecorded =>
  deposited({ paymentId: 'customer-1:pay-1', creditMinor: 0, ...data });

describe('RecordAccountPayment', () => {
  it('pays the oldest debt in full before the next, to the cent', () => {
    given(accountDecider, twoDebts)
      .when(pay(101, { reference: 'slip 7' }), contextOf('pay-1'))
      .then([
        paid({
          amountMinor: 101,
          balanceMinor: 49,
          reference: 'slip 7',
          allocations: [
            { debtId: 'debt-1', amountMinor: 100, remainingMinor: 0 },
            { debtId: 'debt-2', amountMinor: 1, remainingMinor: 49 },
          ],
        }),
      ]);
  });

  it('turns what is over into credit', () => {
    given(accountDecider, twoDebts)
      .when(pay(160, { method: 'bank_transfer' }), contextOf('pay-1'))
      .then([
        paid({
          method: 'bank_transfer',
          amountMinor: 160,
          balanceMinor: -10,
          creditMinor: 10,
          allocations: [
            { debtId: 'debt-1', amountMinor: 100, remainingMinor: 0 },
            { debtId: 'debt-2', amountMinor: 50, remainingMinor: 0 },
          ],
        }),
      ]);
  });

  it('tells the change of cash that was handed over', () => {
    given(accountDecider, [accountOpened()])
      .when(pay(100, { tenderedMinor: 120 }), contextOf('d'))
      .then([deposited({ paymentId: idOf('d'), tenderedMinor: 120, changeMinor: 20 })]);
  });

  it('allocates as a person chose, takes rows of one debt together and makes the rest credit', () => {
    const allocations = [
      { debtId: 'debt-2', amountMinor: 20 },
      { debtId: 'debt-1', amountMinor: 5 },
      { debtId: 'debt-2', amountMinor: 10 },
    ];
    given(accountDecider, twoDebts)
      .when(pay(40, { allocations, reason: 'asked to' }), contextOf('pay-1'))
      .then([
        paid({
          amountMinor: 40,
          balanceMinor: 110,
          policy: 'manual',
          reason: 'asked to',
          creditMinor: 5,
          allocations: [
            { debtId: 'debt-2', amountMinor: 30, remainingMinor: 20 },
            { debtId: 'debt-1', amountMinor: 5, remainingMinor: 95 },
          ],
        }),
      ]);
  });

  it('leaves no credit when a person chose debts for all of it', () => {
    const allocations = [{ debtId: 'debt-2', amountMinor: 40 }];
    given(accountDecider, twoDebts)
      .when(pay(40, { allocations, reason: 'asked to' }), contextOf('pay-1'))
      .then([
        paid({
          amountMinor: 40,
          balanceMinor: 110,
          policy: 'manual',
          reason: 'asked to',
          allocations: [{ debtId: 'debt-2', amountMinor: 40, remainingMinor: 10 }],
        }),
      ]);
  });

  it('keeps all of it as credit when a person chose no debt', () => {
    given(accountDecider, twoDebts)
      .when(pay(40, { allocations: [], reason: 'a deposit' }), contextOf('pay-1'))
      .then([
        paid({
          amountMinor: 40,
          balanceMinor: 110,
          policy: 'manual',
          reason: 'a deposit',
          creditMinor: 40,
        }),
      ]);
  });

  const manual = (debtId: string, amountMinor: number, reason = 'asked to') =>
    pay(60, { allocations: [{ debtId, amountMinor }], reason });

  it.each([
    ['allocation_mismatch', manual('debt-1', 61)],
    ['allocation_exceeds_debt', manual('debt-2', 51)],
    ['debt_not_found', manual('debt-9', 1)],
    ['amount_out_of_range', manual('debt-1', 0)],
    ['approval_required', manual('debt-1', 1, ' ')],
    ['approval_required', pay(60, { allocations: [] })],
    ['amount_out_of_range', pay(0)],
    ['amount_out_of_range', pay(1.5)],
    ['currency_mismatch', pay(10, { currency: 'USD' })],
    ['tendered_too_little', pay(10, { tenderedMinor: 9 })],
    ['amount_out_of_range', pay(10, { tenderedMinor: 0 })],
    ['invalid_request', pay(10, { method: 'qr', tenderedMinor: 10 })],
  ] as const)('refuses with %s what %j asks for', (code, command) => {
    given(accountDecider, twoDebts).when(command, contextOf('pay-1')).thenRefused(code);
  });

  it('refuses to allocate to a settled debt', () => {
    given(accountDecider, carryOut(twoDebts, { 'pay-0': pay(100) }).events)
      .when(manual('debt-1', 1), contextOf('pay-1'))
      .thenRefused('debt_settled');
  });

  it.each(['cash', 'qr'] as const)(
    'refuses %s that takes credit past what can be counted',
    (method) => {
      given(accountDecider, [
        accountOpened(),
        deposited({ method, amountMinor: most, balanceMinor: -most }),
      ])
        .when(pay(1, { method }), contextOf('pay-1'))
        .thenRefused('amount_out_of_range');
    },
  );
});

describe('the largest amount of an account', () => {
  it.each<[string, AccountCommand]>([
    ['payment', pay(MAX_AMOUNT_MINOR + 1)],
    ['debt', openDebt(MAX_AMOUNT_MINOR + 1)],
    ['sum of debts', openDebt(MAX_AMOUNT_MINOR)],
    ['payout', payOut(MAX_AMOUNT_MINOR + 1)],
    ['limit', { type: 'ChangeTerms', data: { creditLimitMinor: MAX_AMOUNT_MINOR + 1 } }],
  ])('stops a %s beyond it', (_, command) => {
    given(accountDecider, twoDebts)
      .when(command, contextOf('x'))
      .thenRefused('amount_out_of_range');
  });

  it('does not stop a return of more, nor other terms beside an older limit of more', () => {
    const start = [accountOpened({ creditLimitMinor: most }), debtOpened()];
    const { events } = carryOut(start, {
      'terms-1': { type: 'ChangeTerms', data: { blockWhenOverdue: true } },
      'r-1': returnGoods('refund-1', 'order-1', MAX_AMOUNT_MINOR * 2),
    });
    expect(events).toHaveLength(4);
  });
});

describe('sums past what can be counted', () => {
  it('refuse a deposit when credit is full though debts keep the balance low', () => {
    const deposit = { allocations: [], reason: 'a deposit' };
    const ledger = carryOut(twoDebts, {
      'pay-0': pay(MAX_AMOUNT_MINOR, { ...deposit, method: 'qr' }),
    });
    given(accountDecider, ledger.events)
      .when(pay(1, { ...deposit, method: 'qr' }), contextOf('pay-1'))
      .thenRefused('amount_out_of_range');
  });

  it('refuse cash beyond the count of cash that came in', () => {
    const debt = debtOpened({ amountMinor: most, balanceMinor: most });
    const paid = deposited({
      amountMinor: most,
      allocations: [{ debtId: 'debt-1', amountMinor: most, remainingMinor: 0 }],
      creditMinor: 0,
      balanceMinor: 0,
    });
    const events = [accountOpened(), debt, paid];
    given(accountDecider, events)
      .when(pay(1), contextOf('pay-1'))
      .thenRefused('amount_out_of_range');
    given(accountDecider, events)
      .when(pay(1, { method: 'qr' }), contextOf('d'))
      .then([deposited({ paymentId: idOf('d'), method: 'qr', amountMinor: 1, balanceMinor: -1 })]);
  });
});

describe('AllocateCredit', () => {
  const withCredit = carryOut(twoDebts, {
    'pay-0': pay(120, { allocations: [], reason: 'a deposit' }),
  }).events;
  const allocate = (
    data: Extract<AccountCommand, { type: 'AllocateCredit' }>['data'],
  ): AccountCommand => ({ type: 'AllocateCredit', data });
  const applied = (data: object): AccountEvent => ({
    type: 'CreditApplied',
    data: {
      ...common,
      balanceMinor: 30,
      policy: 'fifo',
      amountMinor: 0,
      allocations: [],
      ...data,
    },
  });

  it('pays the oldest debts from credit and leaves the balance as it is', () => {
    given(accountDecider, withCredit)
      .when(allocate({}), contextOf('a-1'))
      .then([
        applied({
          amountMinor: 120,
          allocations: [
            { debtId: 'debt-1', amountMinor: 100, remainingMinor: 0 },
            { debtId: 'debt-2', amountMinor: 20, remainingMinor: 30 },
          ],
        }),
      ]);
  });

  it('pays the debts a person chose and keeps the rest as credit', () => {
    const allocations = [{ debtId: 'debt-2', amountMinor: 50 }];
    const ledger = carryOut(withCredit, { 'a-1': allocate({ allocations, reason: 'asked to' }) });
    expect(ledger.events.at(-1)).toEqual(
      applied({
        policy: 'manual',
        reason: 'asked to',
        amountMinor: 50,
        allocations: [{ debtId: 'debt-2', amountMinor: 50, remainingMinor: 0 }],
      }),
    );
    expect(openStateOf(ledger)).toMatchObject({ creditMinor: 70, settledDebtIds: ['debt-2'] });
  });

  it('refuses to use more credit than there is', () => {
    const allocations = [
      { debtId: 'debt-1', amountMinor: 100 },
      { debtId: 'debt-2', amountMinor: 21 },
    ];
    given(accountDecider, withCredit)
      .when(allocate({ allocations, reason: 'asked to' }), contextOf('a-1'))
      .thenRefused('allocation_mismatch');
  });

  it('records that there was nothing to apply, so that a late repeat applies nothing', () => {
    given(accountDecider, [accountOpened()])
      .when(allocate({}), contextOf('a-1'))
      .then([applied({ balanceMinor: 0 })]);
  });
});

describe('PayOutCash', () => {
  const paidOut = (amountMinor: number, balance: number): AccountEvent => ({
    type: 'CashPaidOut',
    data: {
      ...common,
      balanceMinor: balance,
      payoutId: 'customer-1:out-1',
      amountMinor,
      reason: 'asked for it',
    },
  });

  it('gives credit that came in as cash back, once', () => {
    const events = [accountOpened(), deposited()];
    given(accountDecider, events)
      .when(payOut(100), contextOf('out-1'))
      .then([paidOut(100, 0)]);
    given(accountDecider, carryOut(events, { 'out-0': payOut(60) }).events)
      .when(payOut(41), contextOf('out-1'))
      .thenRefused('payout_exceeds_refundable');
  });

  it('keeps credit that came by card', () => {
    given(accountDecider, [accountOpened(), deposited({ method: 'credit_card' })])
      .when(payOut(1), contextOf('out-1'))
      .thenRefused('payout_exceeds_refundable');
  });

  it('keeps credit from goods that were never paid in cash', () => {
    given(accountDecider, carryOut([accountOpened()], { 'r-1': returnGoods('r', 'o', 80) }).events)
      .when(payOut(1), contextOf('out-1'))
      .thenRefused('payout_exceeds_refundable');
  });

  it('keeps cash that pays debts', () => {
    given(accountDecider, carryOut(twoDebts, { 'pay-0': pay(100) }).events)
      .when(payOut(1), contextOf('out-1'))
      .thenRefused('payout_exceeds_refundable');
  });

  it('gives cash back for returned goods that were paid in cash into the account', () => {
    const { events } = carryOut([accountOpened()], {
      'debt-0': openDebt(150, { orderId: 'order-1' }),
      'pay-0': pay(150),
      'r-1': returnGoods('refund-1', 'order-1', 80),
    });
    given(accountDecider, events)
      .when(payOut(80), contextOf('out-1'))
      .then([paidOut(80, 0)]);
  });

  it.each([
    ['currency_mismatch', { amountMinor: 1, currency: 'USD', reason: 'x' }],
    ['amount_out_of_range', { amountMinor: 0, currency: 'EUR', reason: 'x' }],
    ['approval_required', { amountMinor: 1, currency: 'EUR', reason: '' }],
  ] as const)('refuses with %s when asked for %j', (code, data) => {
    given(accountDecider, [accountOpened(), deposited()])
      .when({ type: 'PayOutCash', data }, contextOf('out-1'))
      .thenRefused(code);
  });
});
