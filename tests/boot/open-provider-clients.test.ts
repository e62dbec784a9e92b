import { openProviderClients } from '../../src/boot/open-provider-clients.ts';
import type { HttpClient } from '../../src/ports/http-client.ts';

/** Keeps the addresses that are asked, and answers nothing. */
function recording() {
  const urls: string[] = [];
  const http: HttpClient = {
    send(request) {
      urls.push(request.url);
      return Promise.resolve({ status: 503, headers: {}, body: Buffer.from('') });
    },
    close: () => undefined,
  };
  return { http, urls };
}

const OPTIONS = { account: '1', accessToken: 'token', currency: 'USD' };

describe('The clients of the providers', () => {
  it.each([
    ['square', 'sandbox', '', 'https://connect.squareupsandbox.com/v2/locations'],
    ['square', 'production', '', 'https://connect.squareup.com/v2/locations'],
    ['mercadopago', 'sandbox', '', 'https://api.mercadopago.com/v1/payments/search?limit=1'],
    ['square', 'sandbox', 'square=http://trial:1/', 'http://trial:1/v2/locations'],
    [
      'square',
      'sandbox',
      'quickbooks=http://t',
      'https://connect.squareupsandbox.com/v2/locations',
    ],
  ] as const)('ask %s, %s with "%s" at %s', async (provider, environment, text, url) => {
    const { http, urls } = recording();
    const client = openProviderClients(http, text).open(provider, environment, OPTIONS);
    await client?.testConnection();
    expect(urls).toEqual([url]);
  });

  it('count what they read at a provider, also without an answer, and not what they write', async () => {
    const counted: string[] = [];
    const metrics = {
      increment: (name: string, labels: object) =>
        void counted.push(`${name} ${JSON.stringify(labels)}`),
    };
    const { http } = recording();
    const clients = openProviderClients(http, '', metrics);
    const quickbooks = clients.open('quickbooks', 'production', OPTIONS);
    await quickbooks?.listChanges(0);
    await quickbooks?.findTransaction('1');
    await quickbooks?.books?.create('salesreceipt', {}, 'key');
    const read = 'provider_reads_total {"provider":"quickbooks"}';
    expect(counted).toEqual([read, read]);
  });

  it.each(['stripe=http://a', 'square', 'square=ftp://a', 'square=http://'])(
    'are not opened with %s',
    (text) => {
      expect(() => openProviderClients(recording().http, text)).toThrow(/^PROVIDER_URLS: expected/);
    },
  );
});
