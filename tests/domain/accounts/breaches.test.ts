import { type AccountCommand, accountDecider } from '../../../src/domain/accounts/index.ts';
import { CONTEXT, fold } from '../../support/decider.ts';

const currency = 'EUR';
const open = (creditLimitMinor: number | null): AccountCommand => ({
  type: 'OpenAccount',
  data: { currency, name: 'Marta', creditLimitMinor },
});
const debt = (amountMinor: number, kind: 'opening' | 'direct' = 'direct'): AccountCommand => ({
  type: 'OpenDebt',
  data: { amountMinor, currency, kind },
});
const terms = (creditLimitMinor: number | null): AccountCommand => ({
  type: 'ChangeTerms',
  data: { creditLimitMinor },
});
const pay = (amountMinor: number): AccountCommand => ({
  type: 'RecordAccountPayment',
  data: { method: 'cash', amountMinor, currency },
});

/** The events of the last command. */
function last(...commands: readonly AccountCommand[]) {
  const events: ReturnType<typeof accountDecider.decide>[number][] = [];
  let decided: typeof events = [];
  commands.forEach((command, i) => {
    const state = fold(accountDecider, events);
    decided = [...accountDecider.decide(command, state, { ...CONTEXT, commandId: `c${i}` })];
    events.push(...decided);
  });
  return decided;
}
const typesOf = (...commands: readonly AccountCommand[]) =>
  last(...commands).map(({ type }) => type);

describe('more owed than the limit allows', () => {
  it('is an alert event after an opening balance, with what led to it', () => {
    expect(last(open(1_000), debt(1_500, 'opening'))).toMatchObject([
      { type: 'DebtOpened' },
      {
        type: 'CreditLimitBreached',
        data: { creditLimitMinor: 1_000, overMinor: 500, cause: 'debt', balanceMinor: 1_500 },
      },
    ]);
  });

  it('is an alert event when the limit is set below the balance, and again when lowered', () => {
    const lowered = [open(null), debt(900), terms(400)];
    expect(last(...lowered)).toMatchObject([
      { type: 'AccountTermsChanged' },
      { type: 'CreditLimitBreached', data: { overMinor: 500, cause: 'terms' } },
    ]);
    expect(typesOf(...lowered, terms(300))).toContain('CreditLimitBreached');
  });

  it('is no event where it becomes no worse', () => {
    const breached = [open(1_000), debt(1_500, 'opening')];
    expect(typesOf(...breached, pay(100))).toEqual(['AccountPaymentRecorded']);
    expect(typesOf(...breached, terms(1_200))).toEqual(['AccountTermsChanged']);
    expect(typesOf(...breached, terms(null), debt(99_999))).toEqual(['DebtOpened']);
    expect(typesOf(open(1_000), debt(1_000))).toEqual(['DebtOpened']);
  });

  it('never comes from a sale, which is refused instead', () => {
    expect(() => last(open(1_000), debt(1_001))).toThrow('expected at most 1000');
  });
});
