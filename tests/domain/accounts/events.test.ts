import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import {
  ACCOUNT_PAYMENT_METHODS,
  type AccountEvent,
  accountEvents,
} from '../../../src/domain/accounts/index.ts';
import { PAYMENT_METHODS } from '../../../src/domain/kernel/tender.ts';
import { accountOpened, debtOpened, deposited } from '../../support/account-builders.ts';

function fits({ type, data }: AccountEvent | { type: string; data: object }): boolean {
  const found = accountEvents.types.find((each) => each.type === type);
  if (!found) throw new Error(`no schema for ${type}`);
  return Value.Check(found.schema as unknown as TSchema, data);
}

const changed = ({ type, data }: AccountEvent, fields: object) => ({
  type,
  data: { ...data, ...fields },
});

describe('the schemas of account events', () => {
  it('take every method of payment but being put on account', () => {
    expect([...ACCOUNT_PAYMENT_METHODS].sort()).toEqual(
      PAYMENT_METHODS.filter((method) => method !== 'on_account').sort(),
    );
    for (const method of ACCOUNT_PAYMENT_METHODS) expect(fits(deposited({ method }))).toBe(true);
    expect(fits(changed(deposited(), { method: 'on_account' }))).toBe(false);
  });

  it('take personal data under personal only', () => {
    expect(fits(accountOpened())).toBe(true);
    expect(fits(changed(accountOpened(), { phone: '+43 1' }))).toBe(false);
  });

  it.each([
    ['a debt of nothing', changed(debtOpened(), { amountMinor: 0 })],
    ['a fraction of a cent', changed(debtOpened(), { amountMinor: 1.5 })],
    ['an amount past what can be counted', changed(debtOpened(), { amountMinor: 2 ** 53 })],
    ['a due date with a time', changed(debtOpened(), { dueDate: '2025-01-01T00:00:00Z' })],
    ['an unknown kind of debt', changed(debtOpened(), { kind: 'gift' })],
    ['negative credit', changed(deposited(), { creditMinor: -1 })],
    ['a missing balance', changed(debtOpened(), { balanceMinor: undefined })],
    ['a field nobody declared', changed(debtOpened(), { colour: 'red' })],
  ])('refuse %s', (_, event) => {
    expect(fits(event)).toBe(false);
  });

  it('declare each type once, and name those that have changed', () => {
    const names = accountEvents.types.map(({ type }) => type);
    expect(new Set(names).size).toBe(names.length);
    const changed = accountEvents.types.filter(({ version }) => version > 1);
    const versions = Object.fromEntries(changed.map(({ type, version }) => [type, version]));
    expect(versions).toEqual({
      AccountOpened: 2,
      AccountTermsChanged: 2,
      AccountContactChanged: 2,
      AccountPaymentRecorded: 2,
      CashPaidOut: 2,
      SaleReturnedToAccount: 2,
    });
  });
});
