import type { ProcessInput } from '../../../src/engine/processes/durable/durable-process.ts';
import { reactToFulfilment } from '../../../src/processes/fulfilment/reaction.ts';
import { type FulfilmentReaction, NO_FULFILMENT } from '../../../src/processes/fulfilment/state.ts';

const needs = [{ productId: 'p1', quantity: 1 }];
const requested: ProcessInput = {
  kind: 'event',
  event: {
    type: 'FulfilmentRequested',
    data: {
      ...{ orderId: 'o1', lines: [{ productId: 'p1', quantity: '1' }], amountMinor: 700 },
      ...{ currency: 'EUR', method: 'on_account', customerId: 'marta', priority: 'medium' },
    },
  } as never,
};
const accepted = (step: string, result = {}): ProcessInput => ({ kind: 'accepted', step, result });
const refused = (step: string, message: string): ProcessInput => ({
  ...{ kind: 'refused', step, code: 'credit_limit_exceeded', message },
});
const deadline: ProcessInput = { kind: 'timer', name: 'deadline' };
const toTheCharge = [
  requested,
  accepted('verify:1', { needs, missing: [] }),
  accepted('reserve:1', { outcome: 'reserved' }),
];

/** The last reaction to these inputs; those that change nothing are passed. */
function after(...inputs: readonly ProcessInput[]): FulfilmentReaction {
  let last: FulfilmentReaction = { state: NO_FULFILMENT, stage: '' };
  for (const input of inputs) last = reactToFulfilment(last.state, input) ?? last;
  return last;
}
const stepsOf = ({ steps = [] }: FulfilmentReaction) => steps.map(({ kind, data }) => [kind, data]);

describe('a fulfilment that the account of the customer pays', () => {
  it('asks the account, and no provider', () => {
    expect(stepsOf(after(...toTheCharge))).toEqual([
      ['account', { customerId: 'marta', amountMinor: 700, currency: 'EUR' }],
    ]);
  });

  it('takes the stock out once the account has the debt, and ends', () => {
    const charged = after(...toTheCharge, accepted('account:1'));
    expect(stepsOf(charged)).toEqual([['confirm', { needs }]]);
    const done = after(...toTheCharge, accepted('account:1'), accepted('confirm:1', { lost: [] }));
    expect(done).toMatchObject({ stage: 'CONFIRMED', ended: 'completed' });
  });

  it('puts the stock back when the account refuses', () => {
    const said = 'within the limit of 100';
    const undone = [...toTheCharge, refused('account:1', said), accepted('release:1')];
    expect(stepsOf(after(...undone))).toEqual([
      ['close', { failure: 'PAYMENT_FAILED', reason: said }],
    ]);
    expect(after(...undone, accepted('close:1'))).toMatchObject({ ended: 'compensated' });
  });

  it('gives the charge back when the stock cannot leave any more', () => {
    const lost = [...toTheCharge, accepted('account:1'), accepted('confirm:1', { lost: ['p1'] })];
    expect(stepsOf(after(...lost))).toEqual([
      ['uncharge', { currency: 'EUR', reason: 'not enough stock: p1' }],
    ]);
    const back = after(...lost, accepted('refund:1'));
    expect(stepsOf(back)[0]?.[0]).toBe('close');
    expect(after(...lost, refused('refund:1', 'no'))).toMatchObject({
      waitsFor: 'a person to refund the payment: no',
    });
  });

  it('waits for the account when the time is over, then puts all of it back', () => {
    const late = after(...toTheCharge, deadline);
    expect(late.waitsFor).toBe('the step that is in progress');
    const charged = after(...toTheCharge, deadline, accepted('account:1'));
    expect(stepsOf(charged).map(([kind]) => kind)).toEqual(['release', 'uncharge']);
    const not = after(...toTheCharge, deadline, refused('account:1', 'no'), accepted('release:1'));
    expect(stepsOf(not)).toEqual([['close', { failure: 'CANCELLED', reason: 'it took too long' }]]);
  });
});
