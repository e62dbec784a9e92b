import { change, groupOf, PAYMENT_METHODS } from '../../../src/domain/kernel/tender.ts';

describe('tenders', () => {
  it('are grouped by where money can be sent back to', () => {
    expect(PAYMENT_METHODS.map((method) => [method, groupOf(method)])).toEqual([
      ['cash', 'cash'],
      ['credit_card', 'card'],
      ['debit_card', 'card'],
      ['bank_transfer', 'card'],
      ['on_account', 'account'],
      ['qr', 'card'],
    ]);
  });

  it('give back what was handed over too much', () => {
    expect(change(60, 100)).toBe(40);
    expect(change(60, 60)).toBe(0);
  });

  it('refuse too little and what is no amount', () => {
    const code = (found: string) => expect.objectContaining({ code: found }) as Error;
    expect(() => change(60, 59)).toThrow(code('tendered_too_little'));
    expect(() => change(60, 0.5)).toThrow(code('amount_out_of_range'));
  });
});
