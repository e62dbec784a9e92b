import { type AccountCommand, accountDecider } from '../../../src/domain/accounts/index.ts';
import {
  accountOpened,
  carryOut,
  contextOf,
  CUSTOMER,
  openDebt,
  TODAY,
} from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

const openAccount = (data: object = {}): AccountCommand => ({
  type: 'OpenAccount',
  data: { currency: 'EUR', name: 'Ada', ...data },
});

describe('OpenAccount', () => {
  it('opens an account without a limit when none is given', () => {
    given(accountDecider, [])
      .when(openAccount(), contextOf('open-1'))
      .then([accountOpened({ creditLimitMinor: null, blockWhenOverdue: false })]);
  });

  it('keeps personal data apart from the terms', () => {
    given(accountDecider, [])
      .when(
        openAccount({
          phone: '+43 1',
          email: 'a@b.c',
          creditLimitMinor: 0,
          blockWhenOverdue: true,
        }),
        contextOf('open-1'),
      )
      .then([
        accountOpened({
          creditLimitMinor: 0,
          blockWhenOverdue: true,
          personal: { name: 'Ada', phone: '+43 1', email: 'a@b.c' },
        }),
      ]);
  });

  it('refuses a second account for the same customer', () => {
    given(accountDecider, [accountOpened()])
      .when(openAccount(), contextOf('open-2'))
      .thenRefused('account_exists');
  });

  it.each([
    ['unknown_currency', { currency: 'EURO' }],
    ['invalid_request', { name: '  ' }],
    ['amount_out_of_range', { creditLimitMinor: -1 }],
    ['amount_out_of_range', { creditLimitMinor: 0.5 }],
  ] as const)('refuses with %s when given %p', (code, data) => {
    given(accountDecider, []).when(openAccount(data), contextOf('open-1')).thenRefused(code);
  });
});

describe('ChangeTerms', () => {
  const changed = (
    creditLimitMinor: number | null,
    blockWhenOverdue: boolean,
    previous: { creditLimitMinor: number | null; blockWhenOverdue: boolean },
  ) => ({
    type: 'AccountTermsChanged' as const,
    data: {
      customerId: CUSTOMER,
      currency: 'EUR',
      businessDay: TODAY,
      balanceMinor: 0,
      creditLimitMinor,
      blockWhenOverdue,
      previous,
    },
  });

  it('leaves what is absent as it is', () => {
    given(accountDecider, [accountOpened({ creditLimitMinor: 500 })])
      .when({ type: 'ChangeTerms', data: { blockWhenOverdue: true } }, contextOf('terms-1'))
      .then([changed(500, true, { creditLimitMinor: 500, blockWhenOverdue: false })]);
  });

  it('takes the limit away when it is null', () => {
    given(accountDecider, [accountOpened({ creditLimitMinor: 500, blockWhenOverdue: true })])
      .when({ type: 'ChangeTerms', data: { creditLimitMinor: null } }, contextOf('terms-1'))
      .then([changed(null, true, { creditLimitMinor: 500, blockWhenOverdue: true })]);
  });

  it('may set the limit below the balance, which stops new debts only', () => {
    const ledger = carryOut([accountOpened()], {
      'debt-1': openDebt(100),
      'terms-1': { type: 'ChangeTerms', data: { creditLimitMinor: 40 } },
    });
    given(accountDecider, ledger.events)
      .when(openDebt(1), contextOf('debt-2'))
      .thenRefused('credit_limit_exceeded');
  });

  it('refuses a negative limit', () => {
    given(accountDecider, [accountOpened()])
      .when({ type: 'ChangeTerms', data: { creditLimitMinor: -5 } }, contextOf('terms-1'))
      .thenRefused('amount_out_of_range');
  });

  it('knows no account before it is opened', () => {
    given(accountDecider, [])
      .when({ type: 'ChangeTerms', data: {} }, contextOf('terms-1'))
      .thenRefused('account_not_found');
  });
});
