import { openProvider } from '../../support/payments.ts';
import { openSquarePayments } from '../../support/square/payments.ts';
import { paymentProviderContract } from './contract.ts';

const done = () => Promise.resolve();

paymentProviderContract('the payment simulator', async () => {
  const { simulator, provider, ...opened } = await openProvider();
  return {
    at({ isDeclined }) {
      simulator.set({ permanentRate: isDeclined ? 1 : 0 });
      return Promise.resolve(provider);
    },
    loseResponse() {
      simulator.set({ lostResponseRate: 1 });
      return done();
    },
    refuseNext() {
      simulator.set({ temporaryRate: 1 });
      return done();
    },
    settleRefunds: done,
    charges: () =>
      Promise.resolve(
        simulator
          .payments()
          .filter(({ status }) => status === 'succeeded')
          .map(({ amountMinor, refunds }) => ({
            amountMinor,
            refundedMinor: refunds
              .filter(({ status }) => status === 'refunded')
              .reduce((sum, each) => sum + each.amountMinor, 0),
          })),
      ),
    stop: () => opened.stop(),
  };
});

paymentProviderContract('Square', async () => {
  const square = await openSquarePayments({
    card: 'cnon:card-nonce-ok',
    declined: 'cnon:card-nonce-declined',
  });
  return {
    ...square,
    at: ({ attemptId, isDeclined, ...attempt }) =>
      square.at({
        ...{ ...attempt, paymentId: attemptId, sourceId: isDeclined ? 'declined' : 'card' },
      }),
    async loseResponse() {
      await square.plan({ kind: 'lost-after', method: 'POST', path: '/v2/payments' });
    },
    async refuseNext() {
      await square.plan({ kind: 'status', status: 429, retryAfterS: 3 });
    },
    settleRefunds: () => square.settleRefunds(),
  };
});
