import { noticeStep } from '../../../src/commands/payments/notice-step.ts';
import {
  onPayment,
  paymentOf,
  type PaymentWork,
} from '../../../src/commands/payments/payment-work.ts';
import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import { openProvider, type SimulatedProvider } from '../../support/payments.ts';
import { openWork, PAYMENT } from './payment-world.ts';

const HOUR_MS = 3_600_000;
const AGAIN = { againMs: expect.any(Number) as unknown };

/** So many looks, each with a provider to ask. */
const times = (tries: number) => ({ looks: tries, tries });

let simulated: SimulatedProvider;
beforeEach(async () => {
  simulated = await openProvider();
});
afterEach(() => simulated.stop());

/** The payment counts as failed here, while the provider has charged it. */
async function openFailed(): Promise<PaymentWork> {
  const { provider } = simulated;
  const work = await openWork(provider);
  await onPayment(work, PAYMENT, 'failed', {
    type: 'RecordOutcome',
    data: { outcome: { kind: 'failed', reason: 'not_at_provider' }, foundBy: 'charge' },
  });
  const amount = { amountMinor: 1_000, currency: 'EUR', method: 'credit_card' } as const;
  await provider.charge({ attemptId: PAYMENT, ...amount, reference: 'order-1' });
  return work;
}

function answering(work: PaymentWork, lookup: PaymentProvider['lookup']): PaymentWork {
  return { ...work, provider: { ...simulated.provider, lookup } };
}

describe('the step of a notice of a payment that counts as failed', () => {
  it('asks again after a silence of the provider, and then finds the charge', async () => {
    const work = await openFailed();
    const silent = answering(work, () =>
      Promise.reject(new UpstreamError('upstream_timeout', 'no answer')),
    );
    expect(await noticeStep(silent, PAYMENT, times(0))).toEqual(AGAIN);
    expect(await noticeStep(work, PAYMENT, times(1))).toEqual({});
    expect(await paymentOf(work, PAYMENT)).toMatchObject({
      status: 'succeeded',
      chargedMinor: 1_000,
    });
  });

  it('asks again while the provider does not know it, or has not decided', async () => {
    const work = await openFailed();
    const unknown = answering(work, () => Promise.resolve(undefined));
    const busy = answering(work, () => Promise.resolve({ kind: 'accepted', transactionId: 't' }));
    expect(await noticeStep(unknown, PAYMENT, times(0))).toEqual(AGAIN);
    expect(await noticeStep(busy, PAYMENT, times(1))).toEqual(AGAIN);
  });

  it('ends once the provider itself says that it failed', async () => {
    const work = await openFailed();
    const failed = answering(work, () =>
      Promise.resolve({ kind: 'failed', reason: 'insufficient_funds' }),
    );
    expect(await noticeStep(failed, PAYMENT, times(0))).toEqual({});
  });
});

describe('the step of a notice without a provider', () => {
  it('is no try, and has pauses that grow to an hour', async () => {
    const { provider: _, ...without } = await openFailed();
    const work = { ...without, provider: undefined, ids: { ...without.ids, random: () => 0.5 } };
    const pauses: number[] = [];
    for (const looks of [0, 1, 30]) {
      const { againMs = 0, ...rest } = await noticeStep(work, PAYMENT, { looks, tries: 0 });
      expect(rest).toEqual({ withoutProvider: true });
      pauses.push(againMs);
    }
    expect(pauses).toEqual([750, 1_500, 0.75 * HOUR_MS]);
  });

  it('is no try either while its payment is not known', async () => {
    const { provider: _, ...without } = await openFailed();
    const early = await noticeStep({ ...without, provider: undefined }, 'early', times(0));
    expect(early).toEqual({ ...AGAIN, withoutProvider: true });
  });
});
