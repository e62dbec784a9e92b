import { startMercadoPagoSimulator } from '../../../simulators/mercadopago/server.ts';
import { startQuickBooksSimulator } from '../../../simulators/quickbooks/server.ts';
import type { RunningSimulator } from '../../../simulators/shared/server.ts';
import { startSquareSimulator } from '../../../simulators/square/server.ts';
import { createMercadoPagoClient } from '../../../src/adapters/mercadopago/client.ts';
import { createQuickBooksClient } from '../../../src/adapters/quickbooks/client.ts';
import { createSquareClient } from '../../../src/adapters/square/client.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import type { HttpClient } from '../../../src/ports/http-client.ts';
import type { ProviderClient, ProviderClientOptions } from '../../../src/ports/provider-client.ts';
import { providerClientContract, type World } from './contract.ts';

interface Parts {
  readonly simulator: RunningSimulator;
  readonly create: (http: HttpClient, options: ProviderClientOptions) => ProviderClient;
  readonly token: string;
  readonly account: string;
  readonly many: number;
  readonly make: (post: Post, amountMinor: number, reference: string) => Promise<string>;
}

type Post = (path: string, body: object, key?: string) => Promise<Record<string, unknown>>;

function worldOf({ simulator, create, token, account, many, make }: Parts): World {
  const http = createSafeFetch({ allowed: ['127.0.0.1'] });
  const call = async (method: string, path: string, body?: unknown, key?: string) => {
    const response = await fetch(`${simulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(key && { 'x-idempotency-key': key }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const options = { baseUrl: simulator.url, accessToken: token, account, currency: 'USD' };
  return {
    client: create(http, options),
    stranger: create(http, { ...options, accessToken: 'none' }),
    hasty: (timeoutMs) =>
      create({ ...http, send: (request) => http.send({ ...request, timeoutMs }) }, options),
    ...{ account, many },
    make: (amountMinor, reference) =>
      make((path, body, key) => call('POST', path, body, key), amountMinor, reference),
    control: async (method, path, body) => {
      await call(method, `/control/${path}`, body);
    },
    async stop() {
      http.close();
      await simulator.stop();
    },
  };
}

providerClientContract('Square', async () =>
  worldOf({
    simulator: await startSquareSimulator(),
    create: createSquareClient,
    ...{ token: 'EAAA-static-token', account: 'MERCHANT0001', many: 130 },
    async make(post, amount, reference_id) {
      const { payment } = await post('/v2/payments', {
        ...{ source_id: 'CASH', idempotency_key: reference_id, reference_id },
        amount_money: { amount, currency: 'USD' },
      });
      return (payment as { id: string }).id;
    },
  }),
);

providerClientContract('Mercado Pago', async () =>
  worldOf({
    simulator: await startMercadoPagoSimulator(),
    create: createMercadoPagoClient,
    ...{ token: 'TEST-static-token', account: '44444', many: 130 },
    async make(post, amountMinor, external_reference) {
      const body = {
        ...{ transaction_amount: amountMinor / 100, payment_method_id: 'visa' },
        ...{ external_reference, payer: { email: 'ana@example.org' } },
      };
      return String((await post('/v1/payments', body, external_reference))['id']);
    },
  }),
);

providerClientContract('QuickBooks Online', async () =>
  worldOf({
    simulator: await startQuickBooksSimulator(),
    create: createQuickBooksClient,
    ...{ token: 'eyJ-static-token', account: '4620816365000000001', many: 5 },
    async make(post, amountMinor, DocNumber) {
      const base = '/v3/company/4620816365000000001';
      const Line = [
        { Amount: amountMinor / 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} },
      ];
      const { SalesReceipt } = await post(`${base}/salesreceipt`, { DocNumber, Line });
      return (SalesReceipt as { Id: string }).Id;
    },
  }),
);
