import { noticeStep } from '../../../src/commands/payments/notice-step.ts';
import {
  onPayment,
  paymentOf,
  type PaymentWork,
} from '../../../src/commands/payments/payment-work.ts';
import {
  MAX_TRIES,
  type NoticeProcessState,
  reactToNotice,
} from '../../../src/processes/payments/payment-notices.ts';
import { openWork, PAYMENT } from '../../commands/payments/payment-world.ts';
import { openProvider, type SimulatedProvider } from '../../support/payments.ts';

let simulated: SimulatedProvider;
beforeEach(async () => {
  simulated = await openProvider();
});
afterEach(() => simulated.stop());

/** Follows a notice as the process does, with `workAt` for each look, until it ends. */
async function follow(workAt: (look: number) => PaymentWork, mostLooks: number) {
  const steps = new Set<string>();
  const event = { data: { attemptId: PAYMENT } };
  let reaction = reactToNotice({ attemptId: '', looks: 0, tries: 0 }, {
    kind: 'event',
    event,
  } as unknown as Parameters<typeof reactToNotice>[1]);
  for (let look = 0; look < mostLooks && reaction?.steps; look++) {
    const [planned] = reaction.steps;
    if (!planned || steps.has(planned.step)) throw new Error('expected a new step for each look');
    steps.add(planned.step);
    const { tries, looks } = planned.data as { tries: number; looks: number };
    const result = { ...(await noticeStep(workAt(look), PAYMENT, { looks, tries })) };
    const { state }: { state: NoticeProcessState } = reaction;
    const after = reactToNotice(state, { kind: 'accepted', step: planned.step, result });
    if (after?.ended) return { looks: look + 1, stage: after.stage };
    reaction = reactToNotice(after?.state ?? state, { kind: 'timer', name: 'again' });
  }
  return { looks: mostLooks, stage: 'followed' };
}

async function failed(): Promise<PaymentWork> {
  const work = await openWork(simulated.provider);
  await onPayment(work, PAYMENT, 'failed', {
    type: 'RecordOutcome',
    data: { outcome: { kind: 'failed', reason: 'not_at_provider' }, foundBy: 'charge' },
  });
  return work;
}

describe('the process of a notice', () => {
  it('finds the payment once a provider is configured, however long there was none', async () => {
    const work = await failed();
    const amount = { amountMinor: 1_000, currency: 'EUR', method: 'credit_card' } as const;
    await simulated.provider.charge({ attemptId: PAYMENT, ...amount, reference: 'order-1' });
    const without = { ...work, provider: undefined };
    const configuredAt = 3 * MAX_TRIES;
    const found = await follow((look) => (look < configuredAt ? without : work), 100);
    expect(found).toEqual({ looks: configuredAt + 1, stage: 'known' });
    expect(await paymentOf(work, PAYMENT)).toMatchObject({ status: 'succeeded' });
  });

  it('ends after its tries when the provider knows nothing', async () => {
    const work = await failed();
    expect(await follow(() => work, 100)).toEqual({ looks: MAX_TRIES, stage: 'no outcome' });
  });

  it('goes on from what an earlier version remembered', () => {
    const before = { attemptId: PAYMENT, tries: 3 };
    const reaction = reactToNotice(before, { kind: 'timer', name: 'again' });
    expect(reaction?.steps).toMatchObject([{ step: 'look 4', data: { tries: 3, looks: 3 } }]);
  });
});
