import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type SquareSimulator, startSquareSimulator } from '../../../simulators/square/server.ts';
import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createSafeFetch } from '../../../src/adapters/system/safe-fetch.ts';
import { openProviderClients } from '../../../src/boot/open-provider-clients.ts';
import type { HttpClient } from '../../../src/ports/http-client.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { openShop, type Shop } from './support/shop.ts';

const TOKEN = 'EAAA-token-of-the-merchant-a-0001';

let simulator: SquareSimulator;
let shop: Shop;
let clock: FakeClock;
const dataDir = mkdtempSync(join(tmpdir(), 'integration-health-'));
const keyRing = createMemoryKeyRing();
const http = createSafeFetch({ allowed: ['127.0.0.1'] });
/** Calls as they left this installation. */
let sent = 0;
const counted: HttpClient = {
  send(request) {
    sent += 1;
    return http.send(request);
  },
  close: () => http.close(),
};

const open = () => {
  const providerClients = openProviderClients(counted, `square=${simulator.url}`);
  return openShop({ clock, dataDir, keyRing, transports: { providerClients } });
};

beforeAll(async () => {
  clock = createFakeClock(Date.UTC(2026, 11, 1, 10));
  simulator = await startSquareSimulator({ accessToken: TOKEN });
  shop = await open();
});
afterAll(async () => {
  await shop.stop();
  await simulator.stop();
  http.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const failAt = (rate: number) =>
  fetch(`${simulator.url}/control/faults`, {
    ...{ method: 'PUT', body: JSON.stringify({ rate, kinds: ['html'] }) },
  });

/** A start of the server judges at once: until it has found another health. */
async function restartUntilChanged(): Promise<void> {
  await shop.stop();
  shop = await open();
  await shop.world.untilLogged('health of a connection changed', 0);
}

describe('The health of connections', () => {
  it('is judged at the start, and follows what the provider answers', async () => {
    const account = { account: 'MERCHANT0001', environment: 'production', accessToken: TOKEN };
    await shop.post('/integrations/square/connect', account);
    expect((await shop.get('/integrations/square/health')).body).toMatchObject({
      ...{ provider: 'square', status: 'connected', healthStatus: 'unknown' },
      ...{ successRate: 100, queueDepth: 0 },
    });

    await restartUntilChanged();
    expect((await shop.get('/integrations/square')).body).toMatchObject({
      healthStatus: 'healthy',
    });

    await failAt(1);
    await restartUntilChanged();
    const found = await shop.get('/integrations/health');
    expect(found.body).toMatchObject({
      items: [{ provider: 'square', status: 'connected', healthStatus: 'unhealthy' }],
      summary: { total: 1, connected: 1, healthy: 0, degraded: 0, unhealthy: 1, unknown: 0 },
    });

    await failAt(0);
    await restartUntilChanged();
    const history = await shop.get('/history?stream=integration-a.square&limit=50');
    const health = (history.body['items'] as { type: string; data: { health: string } }[]).filter(
      ({ type }) => type === 'IntegrationHealthChanged',
    );
    expect(health.map(({ data }) => data.health)).toEqual(
      expect.arrayContaining(['healthy', 'unhealthy']),
    );
  });

  it('rests on calls that are counted once, also those of an instance that stopped', async () => {
    await shop.stop();
    const before = sent;
    shop = await open();
    const { body } = await shop.get('/integrations/costs');
    const [cost] = body['items'] as { apiCalls: number; failures: number; reads: number }[];
    expect(cost).toMatchObject({
      ...{ provider: 'square', periodStart: '2026-12-01', periodEnd: '2027-01-01' },
      ...{ overageCostMinor: 0, totalCostMinor: 0, includedInPlan: true },
    });
    expect(cost?.failures).toBeGreaterThan(0);
    expect(cost).toMatchObject({ apiCalls: before, reads: before });
    expect((await shop.get('/integrations/costs?period=2026-11')).body['items']).toEqual([]);
    expect((await shop.get('/integrations/costs', { store: 'b' })).body['items']).toEqual([]);
    expect((await shop.get('/integrations/costs?period=2026-13')).status).toBe(400);
    const health = (await shop.get('/integrations/square/health')).body;
    expect(health).toMatchObject({
      ...{ calls24h: cost?.apiCalls, failures24h: cost?.failures },
      lastFailureAt: expect.stringMatching(/^2026-12-01T10:/) as string,
    });
    expect((await shop.get('/integrations/quickbooks/health')).status).toBe(404);
  });
});
