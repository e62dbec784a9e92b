import { type SquareSimulator, startSquareSimulator } from '../../simulators/square/server.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { createSafeFetch } from '../../src/adapters/system/safe-fetch.ts';
import { openOAuthApps } from '../../src/boot/open-oauth-apps.ts';
import { openProviderClients } from '../../src/boot/open-provider-clients.ts';
import { createApiClient } from '../../src/cli/api-client.ts';
import {
  authorizeIntegration,
  connectIntegration,
  disconnectIntegration,
  listIntegrations,
  pauseIntegration,
  resumeIntegration,
  testIntegration,
} from '../../src/cli/integrations/operations.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

const TOKEN = 'EAAA-token-of-the-merchant-a-0001';
const ACCOUNT = { account: 'MERCHANT0001', environment: 'production' };

let simulator: SquareSimulator;
let shop: Shop;
const http = createSafeFetch({ allowed: ['127.0.0.1'] });
beforeAll(async () => {
  simulator = await startSquareSimulator({ accessToken: TOKEN });
  const providerUrls = `square=${simulator.url}`;
  const providerClients = openProviderClients(http, providerUrls);
  const app = { clientId: 'sq0idp-simulated', clientSecret: 'sq0csp-simulated' };
  const oauthApps = JSON.stringify([{ provider: 'square', environment: 'sandbox', ...app }]);
  const oauth = openOAuthApps(http, { oauthApps, providerUrls }, systemClock);
  shop = await openShop({ transports: { providerClients, oauth } });
});
afterAll(async () => {
  await shop.stop();
  await simulator.stop();
  http.close();
});

/** What an operation prints. */
async function printed(
  operation: (options: Parameters<typeof listIntegrations>[0]) => Promise<void>,
  json = false,
): Promise<string> {
  const lines: string[] = [];
  const client = createApiClient(shop.world.url, keyOf('a'));
  await operation({ client, json, out: (text) => lines.push(text) });
  return lines.join('');
}

describe('tillstream integrations', () => {
  it('connects, pauses, resumes and disconnects, and never prints the token', async () => {
    expect(await printed(listIntegrations)).toBe('no connections\n');
    const given = { ...ACCOUNT, accessToken: TOKEN };
    expect(await printed((to) => connectIntegration(to, 'square', given))).toBe(
      'connected: token accepted\n',
    );
    expect(await printed((to) => testIntegration(to, 'square'))).toBe('token accepted\n');
    expect(await printed((to) => pauseIntegration(to, 'square', 'Stocktaking'))).toBe(
      'suspended\n',
    );
    expect(await printed((to) => resumeIntegration(to, 'square'))).toBe('connected\n');
    await shop.world.caughtUp();
    expect(await printed(listIntegrations)).toBe(
      'square  connected  production  MERCHANT0001 (Main street)\n',
    );
    expect(await printed(listIntegrations, true)).not.toContain(TOKEN);
    expect(await printed((to) => disconnectIntegration(to, 'square'))).toMatch(/^disconnected; /);
  });

  it('waits until the owner has agreed, and no longer than the address serves', async () => {
    const lines: string[] = [];
    let looks = 0;
    const client = createApiClient(shop.world.url, keyOf('a'));
    const to = { client, json: false, out: (text: string) => lines.push(text) };
    const agree = async () => {
      looks += 1;
      if (looks !== 2) return;
      const page = await fetch(lines.join('').split('\n')[1] ?? '', { redirect: 'manual' });
      const back = new URL(page.headers.get('location') ?? '');
      await fetch(`${shop.world.url}${back.pathname}${back.search}`);
      await shop.world.caughtUp();
    };
    await authorizeIntegration(to, 'square', 'sandbox', agree);
    expect(lines.at(-1)).toBe('connected\n');
    expect(looks).toBe(2);
    const late = authorizeIntegration(to, 'square', 'sandbox', () => Promise.resolve());
    await expect(late).rejects.toThrow('the owner has not agreed in time');
    const unknown = authorizeIntegration(to, 'quickbooks', 'sandbox', () => Promise.resolve());
    await expect(unknown).rejects.toThrow('oauth_not_configured');
  });

  it('passes on what the provider and the server refuse', async () => {
    const wrong = { ...ACCOUNT, accessToken: 'EAAA-some-other-token-0002' };
    expect(await printed((to) => connectIntegration(to, 'square', wrong))).toMatch(
      /^error: token refused \(\w+\)\n$/,
    );
    const unknown = printed((to) => pauseIntegration(to, 'mercadopago', 'Stocktaking'));
    await expect(unknown).rejects.toThrow('integration_not_found');
  });
});
