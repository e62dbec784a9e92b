import { startMercadoPagoSimulator } from '../../../simulators/mercadopago/server.ts';
import { startQuickBooksSimulator } from '../../../simulators/quickbooks/server.ts';
import { startSquareSimulator } from '../../../simulators/square/server.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { openOAuthApps } from '../../../src/boot/open-oauth-apps.ts';
import { openProviderClients } from '../../../src/boot/open-provider-clients.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { keyOf, newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const http = createSafeFetch({ allowed: ['127.0.0.1'] });
afterAll(() => http.close());

const DAY_MS = 86_400_000;

const PROVIDERS = {
  square: {
    start: (now: () => number) => startSquareSimulator({ now }),
    app: { clientId: 'sq0idp-simulated', clientSecret: 'sq0csp-simulated' },
    account: 'MERCHANT0001',
    // Square asks for a new token each week.
    refreshedAfterMs: 8 * DAY_MS,
  },
  quickbooks: {
    start: (now: () => number) => startQuickBooksSimulator({ now }),
    app: { clientId: 'ABsimulated', clientSecret: 'simulated' },
    account: '4620816365000000001',
    refreshedAfterMs: 3_400_000,
  },
  mercadopago: {
    start: (now: () => number) => startMercadoPagoSimulator({ now }),
    app: { clientId: '1234567890', clientSecret: 'mp-simulated' },
    account: '44444',
    refreshedAfterMs: 180 * DAY_MS - 60_000,
  },
} as const;
type Name = keyof typeof PROVIDERS;
type Simulator = Awaited<ReturnType<(typeof PROVIDERS)[Name]['start']>>;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function open(provider: Name) {
  const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
  const { start, app } = PROVIDERS[provider];
  const simulator: Simulator = await start(() => clock.now());
  stops.push(() => simulator.stop());
  const providerUrls = `${provider}=${simulator.url}`;
  const oauthApps = JSON.stringify([{ provider, environment: 'sandbox', ...app }]);
  let vault: Vault | undefined;
  const shop: Shop = await openShop({
    clock,
    transports: {
      providerClients: openProviderClients(http, providerUrls),
      oauth: openOAuthApps(http, { oauthApps, providerUrls }, clock),
    },
    wrapVault: (given) => (vault = given),
  });
  stops.push(() => shop.stop());
  const path = `/integrations/${provider}`;
  const begin = async () => {
    const begun = await shop.world.call('POST', `${path}/authorize`, {
      json: { environment: 'sandbox' },
    });
    expect(begun.status).toBe(200);
    return String(begun.body['url']);
  };
  /** The person agrees: the address to which the provider leads back, as a path of ours. */
  const agree = async (url: string) => {
    const page = await fetch(url, { redirect: 'manual' });
    const back = new URL(page.headers.get('location') ?? '');
    expect(back.origin).toBe('https://shop.example.org');
    return `${back.pathname}${back.search}`;
  };
  const follow = (back: string) => shop.world.call('GET', back, { key: null });
  const control = (what: string, body: unknown = {}, method = 'POST') =>
    fetch(`${simulator.url}/control/${what}`, { method, body: JSON.stringify(body) });
  const secrets = async () => {
    const kinds = await Promise.all(
      ['credentials', 'single-use'].map((kind) =>
        (vault as Vault).list({ storeId: 'a', kind }, { limit: 10 }),
      ),
    );
    return kinds.map((each) => each.length);
  };
  const test = () => shop.post(`${path}/test`, undefined);
  return { ...{ shop, clock, simulator, path, begin, agree, follow, control, secrets, test } };
}

describe.each(Object.keys(PROVIDERS) as Name[])('An authorization at %s', (provider) => {
  it('connects the account, with tokens in the vault alone', async () => {
    const { shop, path, begin, agree, follow, secrets } = await open(provider);
    const url = await begin();
    expect(url.includes('code_challenge=')).toBe(provider !== 'quickbooks');
    expect((await shop.get(path)).status).toBe(404);
    const done = await follow(await agree(url));
    expect([done.status, done.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(done.text).toContain('Connected');
    const { account } = PROVIDERS[provider];
    expect((await shop.get(path)).body).toMatchObject({ status: 'connected', account });
    expect(await secrets()).toEqual([1, 0]);
    const { events } = await shop.world.log.readAll({ after: { commit: -1n, prepare: -1n } });
    const everywhere = JSON.stringify([events.map(({ data }) => data), shop.world.lines]);
    expect(everywhere).not.toMatch(/EAAA|EQAA|eyJ|RT1-|sq0cgp|APP_USR|TEST-|TG-/);
  });

  it('serves once, by two requests at once too, and not after ten minutes', async () => {
    const { clock, begin, agree, follow } = await open(provider);
    const back = await agree(await begin());
    const both = await Promise.all([follow(back), follow(back)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    const again = await follow(back);
    expect([again.status, again.body['code']]).toEqual([400, 'authorization_not_valid']);

    const late = await agree(await begin());
    clock.set(clock.now() + 600_001);
    expect((await follow(late)).status).toBe(400);
  });

  it('is used up when the exchange fails, or the person does not agree', async () => {
    const { shop, path, begin, agree, follow, control, secrets } = await open(provider);
    const wrong = (await agree(await begin())).replace(/code=[^&]+/, 'code=wrong');
    const failed = await follow(wrong);
    expect([failed.status, failed.text.includes('Not connected')]).toEqual([200, true]);
    expect((await follow(wrong)).status).toBe(400);
    await control('consent', { isDenied: true }, 'PUT');
    const denied = await follow(await agree(await begin()));
    expect(denied.text).toContain('Not connected');
    expect((await shop.get(path)).status).toBe(404);
    expect(await secrets()).toEqual([0, 0]);
  });

  it('takes no state of another shop, provider or form', async () => {
    const { begin, agree, follow } = await open(provider);
    const back = await agree(await begin());
    const other = provider === 'square' ? 'quickbooks' : 'square';
    for (const forged of [
      back.replace('state=a.', 'state=b.'),
      back.replace(/state=[^&]+/, 'state=a.0'),
      back.replace(/[?&]state=[^&]+/, '?'),
      back.replace(/state=([^&]+)/, 'state=$1&state=x').replace(/state=a\.[0-9a-f]/, 'state=a.g'),
    ]) {
      expect((await follow(forged)).status).toBe(400);
    }
    expect((await follow(back.replace(provider, other))).status).toBe(400);
  });

  it('refreshes an expired token and repeats the call once', async () => {
    const { begin, agree, follow, control, test, shop, path } = await open(provider);
    await follow(await agree(await begin()));
    await control('expiries');
    expect((await test()).body).toEqual({ outcome: 'accepted' });
    expect((await shop.get(path)).body['status']).toBe('connected');
  });

  it('refreshes before the end of the token, with refresh tokens that serve once', async () => {
    const { begin, agree, follow, clock, test } = await open(provider);
    await follow(await agree(await begin()));
    for (let n = 0; n < 3; n++) {
      clock.set(clock.now() + PROVIDERS[provider].refreshedAfterMs);
      expect((await test()).body).toEqual({ outcome: 'accepted' });
    }
  });

  it('has its token refreshed before its end although nothing uses it', async () => {
    const { begin, agree, follow, clock, simulator } = await open(provider);
    await follow(await agree(await begin()));
    const issued = async () => {
      const state = await (await fetch(`${simulator.url}/control/state`)).text();
      return Number(/"accessTokens":(\d+)/.exec(state)?.[1]);
    };
    expect(await issued()).toBe(1);
    clock.set(clock.now() + PROVIDERS[provider].refreshedAfterMs);
    for (let i = 0; i < 300 && (await issued()) === 1; i++) await clock.advance(1_000);
    expect(await issued()).toBe(2);
    // Once: the next one is due shortly before that one ends.
    await clock.advance(600_000);
    expect(await issued()).toBe(2);
  });

  it('is in error when the grant is revoked, and connected again by another', async () => {
    const { begin, agree, follow, control, test, shop, path, secrets } = await open(provider);
    await follow(await agree(await begin()));
    await control('revocations');
    expect((await test()).body['outcome']).toBe('refused');
    expect((await shop.get(path)).body['status']).toBe('error');
    const { events } = await shop.world.log.readAll({ after: { commit: -1n, prepare: -1n } });
    const refusals = events.filter(({ type }) => type === 'IntegrationTested');
    expect(refusals.map(({ data }) => (data as { isAccepted: boolean }).isAccepted)).toEqual([
      true,
      false,
    ]);
    await follow(await agree(await begin()));
    expect((await shop.get(path)).body['status']).toBe('connected');
    expect(await secrets()).toEqual([1, 0]);
  });

  it('ends at the provider, and leaves nothing here, when it is disconnected', async () => {
    const { begin, agree, follow, shop, path, secrets, simulator } = await open(provider);
    await follow(await agree(await begin()));
    const headers = { 'Idempotency-Key': newKey() };
    const ended = await shop.world.call('DELETE', path, { key: keyOf('a'), headers });
    expect(ended.body['status']).toBe('disconnected');
    expect(await secrets()).toEqual([0, 0]);
    const state = (await (await fetch(`${simulator.url}/control/state`)).json()) as {
      grants?: { refreshTokens: number };
    };
    // At Mercado Pago the seller ends it.
    const left = provider === 'mercadopago' ? 1 : 0;
    expect(JSON.stringify(state)).toContain(`"refreshTokens":${left}`);
  });
});

describe('An authorization', () => {
  it('is refused where the installation has no app, and to those without the right', async () => {
    const shop = await openShop();
    stops.push(() => shop.stop());
    const json = { environment: 'sandbox' };
    const path = '/integrations/square/authorize';
    const none = await shop.world.call('POST', path, { json });
    expect([none.status, none.body['code']]).toEqual([412, 'oauth_not_configured']);
    const waiter = await shop.world.call('POST', path, { json, key: keyOf('a', 'waiter') });
    expect(waiter.status).toBe(403);
  });
});
