import { type AccountCommand, accountDecider } from '../../../src/domain/accounts/index.ts';
import { accountOpened, contextOf, CUSTOMER, TODAY } from '../../support/account-builders.ts';
import { given } from '../../support/decider.ts';

const change = (data: object): AccountCommand => ({ type: 'ChangeContact', data });
const first = { name: 'Ada', phone: '+43 1', email: 'a@b.c' };
const opened = accountOpened({ personal: first });
const changed = (personal: object) => ({
  type: 'AccountContactChanged' as const,
  data: {
    ...{ customerId: CUSTOMER, currency: 'EUR', businessDay: TODAY, balanceMinor: 0 },
    personal: personal as { name: string; previous: { name: string } },
  },
});

describe('ChangeContact', () => {
  it('leaves what is absent as it is, and records what was before', () => {
    given(accountDecider, [opened])
      .when(change({ phone: '+43 2' }), contextOf('c-1'))
      .then([changed({ ...first, phone: '+43 2', previous: first })]);
  });

  it('removes what is given as an empty text', () => {
    given(accountDecider, [opened])
      .when(change({ name: 'Bea', phone: '', email: ' ' }), contextOf('c-1'))
      .then([changed({ name: 'Bea', previous: first })]);
  });

  it('knows the contact of the change before', () => {
    const second = { name: 'Bea', phone: '+43 1', email: 'a@b.c' };
    given(accountDecider, [opened, changed({ ...second, previous: first })])
      .when(change({ name: 'Cleo' }), contextOf('c-2'))
      .then([changed({ ...second, name: 'Cleo', previous: second })]);
  });

  it('is recorded when all is as it was, so that a repeat undoes no later change', () => {
    given(accountDecider, [opened])
      .when(change({ name: 'Ada' }), contextOf('c-1'))
      .then([changed({ ...first, previous: first })]);
  });

  it('refuses a blank name', () => {
    given(accountDecider, [opened])
      .when(change({ name: '  ' }), contextOf('c-1'))
      .thenRefused('invalid_request');
  });

  it('knows no account before it is opened', () => {
    given(accountDecider, [])
      .when(change({ name: 'Ada' }), contextOf('c-1'))
      .thenRefused('account_not_found');
  });
});
