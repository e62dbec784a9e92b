import {
  accountDecider,
  type AccountEvent,
  type SaleReturnedToAccount,
} from '../../../src/domain/accounts/index.ts';
import {
  accountOpened,
  carryOut,
  contextOf,
  CUSTOMER,
  debtOpened,
  openDebt,
  openStateOf,
  returnGoods,
  TODAY,
} from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

/** 100 of order 1, 50 of order 2, then 20 more of order 1. */
const events: AccountEvent[] = [
  accountOpened(),
  debtOpened({ kind: 'sale', orderId: 'order-1' }),
  debtOpened({
    debtId: 'debt-2',
    kind: 'sale',
    orderId: 'order-2',
    amountMinor: 50,
    balanceMinor: 150,
  }),
  debtOpened({
    debtId: 'debt-3',
    kind: 'sale',
    orderId: 'order-1',
    amountMinor: 20,
    balanceMinor: 170,
  }),
];

const returned = (data: Partial<SaleReturnedToAccount['data']>): SaleReturnedToAccount => ({
  type: 'SaleReturnedToAccount',
  data: {
    customerId: CUSTOMER,
    currency: 'EUR',
    businessDay: TODAY,
    balanceMinor: 0,
    refundId: 'refund-1',
    orderId: 'order-1',
    amountMinor: 100,
    allocations: [],
    recoveredMinor: 0,
    creditMinor: 0,
    cashMinor: 0,
    ...data,
  },
});

describe('CreditReturn', () => {
  it('lowers the debts of the order before older debts of other orders', () => {
    given(accountDecider, events)
      .when(returnGoods('refund-1', 'order-2', 60), contextOf('r-1'))
      .then([
        returned({
          orderId: 'order-2',
          amountMinor: 60,
          balanceMinor: 110,
          allocations: [
            { debtId: 'debt-2', amountMinor: 50, remainingMinor: 0 },
            { debtId: 'debt-1', amountMinor: 10, remainingMinor: 90 },
          ],
        }),
      ]);
  });

  it('goes on to the other debts only after every debt of the order', () => {
    given(accountDecider, events)
      .when(returnGoods('refund-1', 'order-1', 125), contextOf('r-1'))
      .then([
        returned({
          amountMinor: 125,
          balanceMinor: 45,
          allocations: [
            { debtId: 'debt-1', amountMinor: 100, remainingMinor: 0 },
            { debtId: 'debt-3', amountMinor: 20, remainingMinor: 0 },
            { debtId: 'debt-2', amountMinor: 5, remainingMinor: 45 },
          ],
        }),
      ]);
  });

  it('becomes credit when nothing is owed', () => {
    given(accountDecider, [accountOpened()])
      .when(returnGoods('refund-1', 'order-9', 100), contextOf('r-1'))
      .then([returned({ orderId: 'order-9', creditMinor: 100, balanceMinor: -100 })]);
  });

  it('counts a refund once, whatever command brings it', () => {
    const ledger = carryOut(events, { 'r-1': returnGoods('refund-1', 'order-1', 100) });
    given(accountDecider, ledger.events)
      .when(returnGoods('refund-1', 'order-1', 100), contextOf('r-2'))
      .then([]);
  });

  it('is not stopped by a limit that is passed or by overdue debts', () => {
    const ledger = carryOut(
      [
        accountOpened({ creditLimitMinor: 0, blockWhenOverdue: true }),
        debtOpened({ kind: 'opening', dueDate: '2020-01-01' }),
      ],
      { 'r-1': returnGoods('refund-1', 'order-1', 70) },
    );
    expect(openStateOf(ledger).debts[0]?.remainingMinor).toBe(30);
  });

  it('leaves less owed than the limit counts afterwards', () => {
    const start = [accountOpened({ creditLimitMinor: 170 }), ...events.slice(1)];
    const ledger = carryOut(start, {
      'r-1': returnGoods('refund-1', 'order-2', 40),
      'debt-4': openDebt(40),
    });
    given(accountDecider, ledger.events)
      .when(openDebt(1), contextOf('debt-5'))
      .thenRefused('credit_limit_exceeded');
  });

  it.each([
    ['amount_out_of_range', { amountMinor: 0, currency: 'EUR' }],
    ['amount_out_of_range', { amountMinor: Number.MAX_SAFE_INTEGER + 1, currency: 'EUR' }],
    ['currency_mismatch', { amountMinor: 1, currency: 'USD' }],
  ] as const)('refuses with %s a return of %j', (code, data) => {
    given(accountDecider, events)
      .when(
        { type: 'CreditReturn', data: { refundId: 'refund-1', orderId: 'order-1', ...data } },
        contextOf('r-1'),
      )
      .thenRefused(code);
  });
});
