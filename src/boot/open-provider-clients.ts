import { createMercadoPagoClient } from '../adapters/mercadopago/client.ts';
import { createQuickBooksClient } from '../adapters/quickbooks/client.ts';
import { createSquareClient } from '../adapters/square/client.ts';
import {
  type Environment,
  INTEGRATION_PROVIDERS,
  type IntegrationProvider,
} from '../domain/integrations/index.ts';
import type { HttpClient } from '../ports/http-client.ts';
import { type Metrics, NO_METRICS } from '../ports/metrics.ts';
import type {
  ObserveCall,
  ProviderClient,
  ProviderClientOptions,
  ProviderClients,
} from '../ports/provider-client.ts';

type Create = (http: HttpClient, options: ProviderClientOptions) => ProviderClient;

const CLIENTS: Readonly<Record<IntegrationProvider, Create>> = {
  square: createSquareClient,
  quickbooks: createQuickBooksClient,
  mercadopago: createMercadoPagoClient,
};

/** Mercado Pago has one host: accounts for trials are distinguished by their tokens. */
const HOSTS: Readonly<Record<IntegrationProvider, Readonly<Record<Environment, string>>>> = {
  square: {
    production: 'https://connect.squareup.com',
    sandbox: 'https://connect.squareupsandbox.com',
  },
  quickbooks: {
    production: 'https://quickbooks.api.intuit.com',
    sandbox: 'https://sandbox-quickbooks.api.intuit.com',
  },
  mercadopago: {
    production: 'https://api.mercadopago.com',
    sandbox: 'https://api.mercadopago.com',
  },
};

/**
 * Clients of the providers, at their own addresses, or for trials at those of `PROVIDER_URLS`.
 * Their reads are counted as they are sent: QuickBooks meters those of a month.
 * @throws Error that says what was expected.
 */
export function openProviderClients(
  http: HttpClient,
  text: string,
  metrics: Pick<Metrics, 'increment'> = NO_METRICS,
): ProviderClients {
  const urls = urlsIn(text);
  return {
    open: (provider, environment, options) =>
      CLIENTS[provider](counting(http, provider, metrics, options.observe), {
        ...options,
        baseUrl: urls[provider] ?? HOSTS[provider][environment],
      }),
  };
}

/** One that gets no answer can have reached the provider, so it counts as well. */
function counting(
  http: HttpClient,
  provider: IntegrationProvider,
  metrics: Pick<Metrics, 'increment'>,
  observe: ObserveCall = () => () => undefined,
): HttpClient {
  return {
    async send(request) {
      const isRead = request.method === 'GET';
      if (isRead) metrics.increment('provider_reads_total', { provider });
      const ended = observe();
      const sent = request.body === undefined ? 0 : Buffer.byteLength(request.body);
      let found = { isFailed: true, bytes: sent };
      try {
        const response = await http.send(request);
        found = { isFailed: isFailure(response.status), bytes: sent + response.body.length };
        return response;
      } finally {
        ended({ isRead, ...found });
      }
    },
    close: () => http.close(),
  };
}

/** What the provider refuses for what it asks shows that it works; these show the opposite. */
function isFailure(status: number): boolean {
  return status >= 500 || status === 429 || status === 401 || status === 403;
}

type Urls = Partial<Record<IntegrationProvider, string>>;

/** `square=http://127.0.0.1:8093,quickbooks=http://127.0.0.1:8094` */
export function urlsIn(text: string): Urls {
  const urls: Urls = {};
  for (const entry of text.split(',').filter((each) => each.trim() !== '')) {
    const at = entry.indexOf('=');
    const name = entry.slice(0, at).trim();
    const provider = INTEGRATION_PROVIDERS.find((each) => each === name);
    const url = entry.slice(at + 1).trim();
    if (!provider || !/^https?:\/\/[^/]/.test(url)) {
      throw new Error(`PROVIDER_URLS: expected <provider>=<url>, found ${name}`);
    }
    urls[provider] = url.replace(/\/+$/, '');
  }
  return urls;
}
