import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';

export interface Attempt {
  readonly attemptId: string;
  readonly amountMinor: number;
  /** The bank refuses it. */
  readonly isDeclined?: true;
  /** Of the charge, where it is known. */
  readonly transactionId?: string;
}

export interface PaymentWorld {
  /** The provider as the work on that payment has it. */
  readonly at: (attempt: Attempt) => Promise<PaymentProvider>;
  /** The next charge is carried out, and its response is lost. */
  readonly loseResponse: () => Promise<void>;
  /** The next request is refused because there are too many. */
  readonly refuseNext: () => Promise<void>;
  /** The bank decides about refunds that wait for it. */
  readonly settleRefunds: () => Promise<void>;
  /** Charges that succeeded, as the provider has them. */
  readonly charges: () => Promise<readonly Charged[]>;
  readonly stop: () => Promise<void>;
}

export interface Charged {
  readonly amountMinor: number;
  readonly refundedMinor: number;
}

const ATTEMPT: Attempt = { attemptId: 'payment-1', amountMinor: 5_881 };

const chargeOf = ({ attemptId, amountMinor }: Attempt) => ({
  ...{ attemptId, amountMinor, currency: 'USD', method: 'credit_card', reference: 'order-1' },
});

/** What all payment providers promise, against their simulators. */
export function paymentProviderContract(name: string, open: () => Promise<PaymentWorld>): void {
  describe(`payments through ${name}`, () => {
    let world: PaymentWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.stop());

    const charge = async (attempt: Attempt = ATTEMPT) =>
      (await world.at(attempt)).charge(chargeOf(attempt));
    const lookup = async (attempt: Attempt = ATTEMPT) =>
      (await world.at(attempt)).lookup(attempt.attemptId);
    const refund = async (transactionId: string, refundId: string, amountMinor: number) => {
      const provider = await world.at({ ...ATTEMPT, transactionId });
      const request = { attemptId: ATTEMPT.attemptId, refundId, amountMinor, currency: 'USD' };
      const first = await provider.refund(request);
      if (first.kind !== 'retry') return first;
      await world.settleRefunds();
      return provider.refund(request);
    };
    const charged = async () => {
      const result = await charge();
      if (result.kind !== 'succeeded') throw new Error('expected a charge that succeeded');
      return result.transactionId;
    };

    it('charge once for each attempt, however often it is sent', async () => {
      const first = await charge();
      expect(first).toMatchObject({ kind: 'succeeded', chargedMinor: 5_881 });
      expect(await charge()).toEqual(first);
      expect(await world.charges()).toEqual([{ amountMinor: 5_881, refundedMinor: 0 }]);
    });

    it('keep two attempts of one amount apart', async () => {
      const other = { ...ATTEMPT, attemptId: 'payment-2' };
      await charge();
      expect(await lookup(other)).toBeUndefined();
      const second = await charge(other);
      expect(await lookup(other)).toEqual(second);
      expect(await lookup()).not.toEqual(second);
      expect(await world.charges()).toHaveLength(2);
    });

    it('show a charge whose response was lost (S34)', async () => {
      expect(await lookup()).toBeUndefined();
      await world.loseResponse();
      await expect(charge()).rejects.toMatchObject({ code: 'upstream_unavailable' });
      expect(await lookup()).toMatchObject({ kind: 'succeeded', chargedMinor: 5_881 });
      expect(await charge()).toMatchObject({ kind: 'succeeded', chargedMinor: 5_881 });
      expect(await world.charges()).toHaveLength(1);
    });

    it('refuse what the bank declines, with its reason', async () => {
      const declined = { ...ATTEMPT, isDeclined: true } as const;
      expect(await charge(declined)).toEqual({
        ...{ kind: 'failed', reason: expect.stringMatching(/^[a-z_]+$/) as unknown },
      });
      expect(await world.charges()).toEqual([]);
    });

    it('say when there are too many requests, and that nothing was charged', async () => {
      await world.refuseNext();
      expect(await charge()).toMatchObject({ kind: 'retry' });
      expect(await world.charges()).toEqual([]);
    });

    it('refund in parts, each once, and no more than was charged', async () => {
      const transactionId = await charged();
      const first = await refund(transactionId, 'refund-1', 2_000);
      expect(first).toMatchObject({ kind: 'refunded' });
      expect(await refund(transactionId, 'refund-1', 2_000)).toEqual(first);
      expect(await refund(transactionId, 'refund-2', 3_882)).toMatchObject({ kind: 'failed' });
      expect(await refund(transactionId, 'refund-3', 3_881)).toMatchObject({ kind: 'refunded' });
      expect(await world.charges()).toEqual([{ amountMinor: 5_881, refundedMinor: 5_881 }]);
    });
  });
}
