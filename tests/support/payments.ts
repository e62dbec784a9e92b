import { type PaymentSimulator, startPaymentSimulator } from '../../simulators/payments/server.ts';
import { CALM, type PaymentSettings } from '../../simulators/payments/settings.ts';
import { createHttpProvider } from '../../src/adapters/payments/http-provider.ts';
import { createSafeFetch } from '../../src/adapters/system/safe-fetch.ts';
import type { PaymentProvider } from '../../src/ports/payment-provider.ts';

export interface SimulatedProvider {
  readonly simulator: PaymentSimulator;
  readonly provider: PaymentProvider;
  stop(): Promise<void>;
}

/** The real client of a provider in front of the real simulator, which succeeds at once. */
export async function openProvider(
  settings: Partial<PaymentSettings> = {},
): Promise<SimulatedProvider> {
  const simulator = await startPaymentSimulator({ settings: { ...CALM, ...settings } });
  const http = createSafeFetch({ allowed: ['127.0.0.1'] });
  const provider = createHttpProvider({ http, baseUrl: simulator.url, apiKey: 'key' });
  return {
    simulator,
    provider,
    async stop() {
      http.close();
      await simulator.stop();
    },
  };
}
