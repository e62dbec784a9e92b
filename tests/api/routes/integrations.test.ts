import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type SquareSimulator, startSquareSimulator } from '../../../simulators/square/server.ts';
import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { openProviderClients } from '../../../src/boot/open-provider-clients.ts';
import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import type { Vault, VaultKey } from '../../../src/ports/vault.ts';
import { keyOf, newKey } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

const TOKEN = 'EAAA-token-of-the-merchant-a-0001';
const PATH = '/integrations/square';

let simulator: SquareSimulator;
let shop: Shop;
let vault: Vault;
/** Removals that do not reach the vault, as when an instance dies before them. */
let lostRemovals = 0;
const http = createSafeFetch({ allowed: ['127.0.0.1'] });
beforeEach(async () => {
  simulator = await startSquareSimulator({ accessToken: TOKEN });
  shop = await openShop({
    transports: { providerClients: openProviderClients(http, `square=${simulator.url}`) },
    wrapVault: (given) => {
      vault = given;
      return forgetful(given);
    },
  });
});
afterEach(async () => {
  await shop.stop();
  await simulator.stop();
});
afterAll(() => http.close());

const forgetful = (given: Vault): Vault =>
  Object.assign(Object.create(given) as Vault, {
    remove(key: VaultKey) {
      if (lostRemovals === 0) return given.remove(key);
      lostRemovals -= 1;
      return Promise.reject(new UpstreamError('store_unavailable', 'the vault does not answer'));
    },
  });

const connect = (key = newKey(), accessToken = TOKEN) =>
  shop.post(
    `${PATH}/connect`,
    { account: 'MERCHANT0001', environment: 'production', accessToken },
    { key },
  );
const disconnect = (key = newKey()) =>
  shop.world.call('DELETE', PATH, { key: keyOf('a'), headers: { 'Idempotency-Key': key } });
const post = (path: string, body?: unknown) => shop.post(`${PATH}/${path}`, body);
const credentials = async (store = 'a') =>
  (await vault.list({ storeId: store, kind: 'credentials' }, { limit: 10 })).map(
    ({ value }) => value,
  );

describe('The connection of a shop with a provider', () => {
  it('is tried at the provider, and shown without its token', async () => {
    const connected = await connect();
    expect(connected.body).toMatchObject({
      ...{ provider: 'square', status: 'connected', account: 'MERCHANT0001' },
      test: { outcome: 'accepted' },
    });
    const read = await shop.get(PATH);
    expect(read.body).toMatchObject({ status: 'connected', accountName: 'Main street' });
    const list = await shop.get('/integrations');
    expect(list.body['items']).toEqual([read.body]);
    expect((await shop.get(PATH, { store: 'b' })).status).toBe(404);
  });

  it('keeps the token nowhere but encrypted in the vault', async () => {
    await connect();
    const kept = await credentials();
    expect(kept).toHaveLength(1);
    expect(Object.keys(JSON.parse(kept[0] ?? '{}') as object).sort()).toEqual([
      ...['ciphertext', 'iv', 'tag'],
    ]);
    const { events } = await shop.world.log.readAll({
      ...{ after: { commit: -1n, prepare: -1n }, limit: 1_000 },
    });
    expect(events.length).toBeGreaterThan(1);
    const everywhere = JSON.stringify([
      ...[kept, events.map(({ data, metadata }) => ({ data, metadata })), shop.world.lines],
    ]);
    expect(everywhere).not.toContain(TOKEN);
  });

  it('is in error when the provider refuses the token, and connected again with another', async () => {
    const refused = await connect(newKey(), 'EAAA-token-of-somebody-else');
    expect(refused.body).toMatchObject({
      ...{ status: 'error', test: { outcome: 'refused', code: 'UNAUTHORIZED' } },
    });
    expect((await shop.get(PATH)).body).toMatchObject({ lastError: 'UNAUTHORIZED' });
    expect((await connect()).body['status']).toBe('connected');
    expect((await shop.get(PATH)).body['lastError']).toBeUndefined();
    expect(await credentials()).toHaveLength(1);
  });

  it('waits while the provider cannot be asked', async () => {
    await fetch(`${simulator.url}/control/faults`, {
      ...{ method: 'PUT', body: JSON.stringify([{ kind: 'html' }]) },
    });
    const waiting = await connect();
    expect(waiting.body).toMatchObject({
      ...{ status: 'connecting', test: { outcome: 'unavailable', code: 'status_502' } },
    });
    expect((await post('test')).body).toEqual({ outcome: 'accepted' });
    expect((await shop.get(PATH)).body['status']).toBe('connected');
  });

  it('is paused and resumed', async () => {
    await connect();
    expect((await post('pause', { reason: 'Stocktaking' })).body['status']).toBe('suspended');
    expect((await post('pause', {})).body['code']).toBe('integration_paused');
    expect((await shop.get(PATH)).body['pauseReason']).toBe('Stocktaking');
    expect((await post('resume', {})).body['status']).toBe('connected');
    expect((await shop.get(PATH)).body['pauseReason']).toBeUndefined();
  });

  it('leaves nothing of the credentials when it ends, and late repeats bring back nothing', async () => {
    await connect('first');
    expect((await disconnect('end')).body['status']).toBe('disconnected');
    expect(await credentials()).toEqual([]);
    expect((await connect('first')).status).toBe(200);
    expect(await credentials()).toEqual([]);
    expect((await post('test')).body).toEqual({ outcome: 'unavailable', code: 'disconnected' });
    expect((await disconnect()).body['code']).toBe('integration_disconnected');
    await connect('again');
    expect((await disconnect('end')).status).toBe(200);
    expect(await credentials()).toHaveLength(1);
  });

  it('leaves nothing when it ends, also of a replacement that stopped halfway', async () => {
    await connect();
    lostRemovals = 1;
    expect((await connect()).status).toBe(503);
    expect(await credentials()).toHaveLength(2);
    expect((await disconnect()).status).toBe(200);
    expect(await credentials()).toEqual([]);
  });

  it('removes what it left when the request comes again', async () => {
    await connect();
    lostRemovals = 1;
    expect((await disconnect('end')).status).toBe(503);
    expect(await credentials()).toHaveLength(1);
    expect((await disconnect('end')).status).toBe(200);
    expect(await credentials()).toEqual([]);
  });

  it('answers a late repeat after the token was replaced, and keeps the newer one', async () => {
    await connect('first');
    await connect('second');
    const kept = await credentials();
    expect((await connect('first')).status).toBe(200);
    expect(await credentials()).toEqual(kept);
  });

  it('refuses a key that comes again with another token', async () => {
    await connect('same');
    const other = await connect('same', 'EAAA-token-of-somebody-else');
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
  });

  it('is one of each shop', async () => {
    await connect();
    await shop.post(
      `${PATH}/connect`,
      { account: 'M2', environment: 'production', accessToken: TOKEN },
      { store: 'b' },
    );
    await disconnect();
    expect(await credentials('b')).toHaveLength(1);
    expect((await shop.get(PATH, { store: 'b' })).body['status']).toBe('connected');
  });
});

it('leaves no token after the next start that an instance stored just before it died', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-tokens-'));
  const keyRing = createMemoryKeyRing();
  const open = () =>
    openShop({
      ...{ dataDir, keyRing },
      transports: { providerClients: openProviderClients(http, `square=${simulator.url}`) },
      wrapVault: (given) => {
        vault = given;
        return forgetful(given);
      },
    });
  await shop.stop();
  shop = await open();
  await connect();
  lostRemovals = 1;
  expect((await connect()).status).toBe(503);
  expect(await credentials()).toHaveLength(2);
  await shop.stop();
  shop = await open();
  for (let reads = 0; reads < 2_000 && (await credentials()).length > 1; reads++) {
    await shop.get(PATH);
  }
  expect(await credentials()).toHaveLength(1);
  expect((await post('test')).body).toEqual({ outcome: 'accepted' });
  await shop.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
