import { startSquareSimulator } from '../../../simulators/square/server.ts';
import { createSquareClient } from '../../../src/adapters/square/client.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { createConnectedPayments } from '../../../src/commands/payments/connected-payments.ts';
import type { PaymentAtProvider, PaymentProvider } from '../../../src/ports/payment-provider.ts';

interface Held {
  readonly id: string;
  readonly status: string;
  readonly total_money: { readonly amount: number };
  readonly refunded_money?: { readonly amount: number };
}

/** Payments through the account of a shop at the simulated Square. */
export async function openSquarePayments(sources: Readonly<Record<string, string>>) {
  const simulator = await startSquareSimulator();
  const http = createSafeFetch({ allowed: ['127.0.0.1'] });
  const client = createSquareClient(http, {
    ...{ baseUrl: simulator.url, accessToken: 'EAAA-static-token' },
    ...{ account: 'MERCHANT0001', currency: 'USD' },
  });
  const payments = createConnectedPayments({
    connections: {
      open: () =>
        Promise.resolve({
          ...{ kind: 'ok', value: { account: 'MERCHANT0001', client, publicUrl: '' } },
        }),
    },
    digest: systemDigest,
    sources: { get: (_storeId, id) => Promise.resolve(sources[id]) },
  });
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${simulator.url}/control/${path}`, {
      ...{ method, ...(body !== undefined && { body: JSON.stringify(body) }) },
    });
    return (await response.json()) as Readonly<Record<string, readonly Held[]>>;
  };
  return {
    control,
    plan: (...faults: readonly object[]) => control('PUT', 'faults', faults),
    async at(of: Partial<PaymentAtProvider>): Promise<PaymentProvider> {
      const provider = await payments.open('a', {
        ...{ provider: 'square', paymentId: 'payment-1', orderId: 'order-1', tipMinor: 0 },
        ...{ amountMinor: 5_881, requestedOn: new Date().toISOString().slice(0, 10) },
        ...{ sourceId: 'card', ...of },
      });
      if (!provider) throw new Error('expected an account');
      return provider;
    },
    async settleRefunds(status = 'COMPLETED') {
      const { refunds = [] } = await control('GET', 'state');
      for (const { id, status: now } of refunds) {
        if (now === 'PENDING') await control('PUT', `refunds/${id}`, { status });
      }
    },
    async charges() {
      const { payments: held = [] } = await control('GET', 'state');
      return held
        .filter(({ status }) => status === 'COMPLETED')
        .map(({ total_money, refunded_money }) => ({
          ...{ amountMinor: total_money.amount, refundedMinor: refunded_money?.amount ?? 0 },
        }));
    },
    async stop() {
      const { violations } = await control('GET', 'state');
      http.close();
      await simulator.stop();
      expect(violations).toEqual([]);
    },
  };
}
