import { chargeStep } from '../../../src/commands/payments/charge-step.ts';
import { paymentOf } from '../../../src/commands/payments/payment-work.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import { openProvider, type SimulatedProvider } from '../../support/payments.ts';
import { openWork as openWorkOf, PAYMENT } from './payment-world.ts';

let simulated: SimulatedProvider;
afterEach(() => simulated.stop());

async function openWork(settings: Parameters<typeof openProvider>[0] = {}) {
  simulated = await openProvider(settings);
  return openWorkOf(simulated.provider);
}

const charges = () => simulated.simulator.payments().filter(({ status }) => status === 'succeeded');

/** The instance is killed right after the provider has answered the charge. */
const killedAfter = (provider: PaymentProvider): PaymentProvider => ({
  ...provider,
  async charge(request) {
    await provider.charge(request);
    throw new Error('killed');
  },
});
/** The instance is killed right before the charge is sent. */
const killedBefore = (provider: PaymentProvider): PaymentProvider => ({
  ...provider,
  charge: () => Promise.reject(new Error('killed')),
});

describe('the charge step', () => {
  it('charges once, however often it runs', async () => {
    const work = await openWork();
    expect(await chargeStep(work, PAYMENT, 0)).toEqual({ status: 'succeeded' });
    expect(await chargeStep(work, PAYMENT, 1)).toEqual({ status: 'succeeded' });
    expect(charges()).toMatchObject([{ attemptId: PAYMENT, amountMinor: 1_000, requests: 1 }]);
  });

  it('looks up a charge after a kill between call and record, and does not send it again', async () => {
    const work = await openWork();
    const killed = { ...work, provider: killedAfter(simulated.provider) };
    await expect(chargeStep(killed, PAYMENT, 0)).rejects.toThrow('killed');
    expect(await paymentOf(work, PAYMENT)).toMatchObject({ status: 'pending', next: 'lookup' });

    expect(await chargeStep(work, PAYMENT, 1)).toEqual({ status: 'succeeded' });
    expect(charges()).toMatchObject([{ requests: 1 }]);
  });

  it('charges after a kill before the call, once the provider says that it knows nothing', async () => {
    const work = await openWork();
    const killed = { ...work, provider: killedBefore(simulated.provider) };
    await expect(chargeStep(killed, PAYMENT, 0)).rejects.toThrow('killed');
    expect(await chargeStep(work, PAYMENT, 1)).toMatchObject({ status: 'pending' });
    expect(await chargeStep(work, PAYMENT, 2)).toEqual({ status: 'succeeded' });
    expect(charges()).toMatchObject([{ requests: 1 }]);
  });

  it('shows a lost response as unknown, and finds the charge by its attempt id (S34)', async () => {
    const work = await openWork({ lostResponseRate: 1 });
    const step = await chargeStep(work, PAYMENT, 0);
    expect(step).toEqual({ status: 'unknown', againMs: expect.any(Number) as unknown });
    expect(await paymentOf(work, PAYMENT)).toMatchObject({ status: 'unknown' });
    expect(await chargeStep(work, PAYMENT, 1)).toEqual({ status: 'succeeded' });
    expect(charges()).toMatchObject([{ requests: 1 }]);
  });

  it('tries a temporary failure again with the same id, and a limit when it says so', async () => {
    const work = await openWork({ temporaryRate: 1 });
    expect(await chargeStep(work, PAYMENT, 0)).toMatchObject({ status: 'pending' });
    simulated.simulator.set({ temporaryRate: 0, requestsPerSecond: 0 });
    expect(await chargeStep(work, PAYMENT, 1)).toEqual({ status: 'succeeded' });
    expect(charges()).toHaveLength(1);
  });

  it('fails with the reason of the provider, and fraud above the limit', async () => {
    const work = await openWork({ fraudAboveMinor: 999 });
    expect(await chargeStep(work, PAYMENT, 0)).toEqual({ status: 'failed' });
    expect(await paymentOf(work, PAYMENT)).toMatchObject({ reason: 'suspected_fraud' });
    expect(charges()).toEqual([]);
  });

  it('finds a confirmation of which no notice came (S33)', async () => {
    const work = await openWork({ asynchronousRate: 1, confirmAfterMs: 0 });
    const first = await chargeStep(work, PAYMENT, 0);
    expect(['pending', 'succeeded']).toContain(first.status);
    for (let i = 1; i < 200; i++) {
      const { status } = await chargeStep(work, PAYMENT, i);
      if (status === 'succeeded') break;
    }
    expect(await paymentOf(work, PAYMENT)).toMatchObject({ status: 'succeeded' });
  });
});
