import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type QuickBooksSimulator,
  startQuickBooksSimulator,
} from '../../simulators/quickbooks/server.ts';
import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { START } from '../../src/domain/kernel/position.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { openLog } from '../adapters/eventstoredb/opened-log.ts';
import { range } from '../support/event-log.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';
import { describeWith } from '../support/servers/describe-with.ts';
import { findOwnEventStore, startEventStore } from '../support/servers/event-store.ts';
import { allOf, startable } from '../support/servers/find.ts';
import { findOwnMongo, startMongo, withDatabase } from '../support/servers/mongo.ts';
import { sharedMasterKeys } from './master-keys.ts';

const PROCESSES = 4;
const CALLS = 5;
const TIMEOUT_MS = 300_000;
const PUBLIC_URL = 'https://shop.example.org';
const PATH = '/integrations/quickbooks';

const eventStore = findOwnEventStore();
const mongo = findOwnMongo();

interface Grants {
  readonly accessTokens: number;
  readonly refreshTokens: number;
  readonly refreshed: number;
}

describeWith(allOf(eventStore, mongo), 'One refresh token and four processes (S38)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-refresh-'));
  const stops: (() => Promise<unknown>)[] = [];
  const processes: ServerProcess[] = [];
  let clients: readonly ApiClient[] = [];
  let provider: QuickBooksSimulator;
  let log: EventLog;
  let keys = 0;

  beforeAll(async () => {
    provider = await startQuickBooksSimulator();
    stops.push(() => provider.stop());
    const servers = await Promise.all([
      startEventStore(startable(eventStore)),
      startMongo(startable(mongo)),
    ]);
    stops.push(...servers.map((server) => () => server.stop()));
    const [{ connectionString }, { url }] = servers;
    log = openLog(connectionString);
    stops.unshift(() => log.close());
    const app = { clientId: 'ABsimulated', clientSecret: 'simulated' };
    const settings = {
      ...{ EVENT_STORE: 'esdb', ESDB_URL: connectionString, READ_STORE: 'mongodb' },
      ...{ MONGO_URL: withDatabase(url, 'tillstream_refresh'), PUBLIC_URL },
      ...{ STORES_FILE: join(folder, 'stores.json'), ...sharedMasterKeys.settings },
      ...{ PROVIDER_URLS: `quickbooks=${provider.url}`, OUTGOING_ALLOWED: '127.0.0.1' },
      OAUTH_APPS: JSON.stringify([{ provider: 'quickbooks', environment: 'sandbox', ...app }]),
    };
    // The first start makes the stores file that the others read.
    for (const i of range(PROCESSES)) {
      processes.push(await startServer(join(folder, `process-${i}`), settings));
    }
    const key = keyOf(join(folder, 'process-0'), 'manager');
    clients = processes.map((each) => createApiClient(each.url, key));
  }, TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all(processes.map((each) => each.kill()));
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }, TIMEOUT_MS);

  const control = (method: string, path: string, body: unknown = {}) =>
    fetch(`${provider.url}/control/${path}`, {
      ...{ method, ...(method !== 'GET' && { body: JSON.stringify(body) }) },
    });
  async function grants(): Promise<Grants> {
    const response = await control('GET', 'state');
    return ((await response.json()) as { readonly grants: Grants }).grants;
  }

  /** One process begins it, and another one takes the redirect. */
  async function connect(): Promise<void> {
    const [first, second] = processes as [ServerProcess, ServerProcess];
    const key = keyOf(join(folder, 'process-0'), 'manager');
    const begun = await createApiClient(first.url, key).post(`${PATH}/authorize`, {
      body: { environment: 'sandbox' },
    });
    const page = await fetch(String(begun.body['url']), { redirect: 'manual' });
    const back = new URL(page.headers.get('location') ?? '');
    expect(back.origin).toBe(PUBLIC_URL);
    const done = await fetch(`${second.url}${back.pathname}${back.search}`);
    expect(await done.text()).toContain('Connected');
  }

  /** All processes use the account at once. */
  async function useEverywhere(): Promise<readonly unknown[]> {
    const calls = clients.flatMap((client) =>
      range(CALLS).map(() => {
        keys += 1;
        return client.post(`${PATH}/test`, { key: `test-${keys}`, body: {} });
      }),
    );
    return (await Promise.all(calls)).map(({ body }) => body['outcome']);
  }

  async function tests(): Promise<readonly unknown[]> {
    const { events } = await log.readAll({ after: START, limit: 5_000 });
    return events
      .filter(({ type }) => type === 'IntegrationTested')
      .map(({ data }) => (data as { readonly isAccepted: boolean }).isAccepted);
  }

  const all = (outcome: string) => range(PROCESSES * CALLS).map(() => outcome);

  it(
    'make one refresh at the provider, and all calls succeed',
    async () => {
      await connect();
      for (const round of range(3)) {
        await control('POST', 'expiries');
        expect(await useEverywhere()).toEqual(all('accepted'));
        expect(await grants()).toMatchObject({ refreshed: round + 1, refreshTokens: 1 });
      }
    },
    TIMEOUT_MS,
  );

  it(
    'keep the token when the provider fails, and refresh once afterwards',
    async () => {
      const { refreshed } = await grants();
      await control('POST', 'expiries');
      const path = '/oauth2/v1/tokens/bearer';
      await control('PUT', 'faults', [{ kind: 'error-200', path }]);
      const outcomes = await useEverywhere();
      expect(outcomes.filter((each) => each === 'refused')).toEqual([]);
      expect(await useEverywhere()).toEqual(all('accepted'));
      expect((await grants()).refreshed).toBe(refreshed + 1);
    },
    TIMEOUT_MS,
  );

  it(
    'ask the owner once when the grant has ended',
    async () => {
      await control('POST', 'revocations');
      expect(await useEverywhere()).not.toContain('accepted');
      expect((await tests()).filter((isAccepted) => !isAccepted)).toEqual([false]);
      const { body } = await clients[0]!.get(PATH);
      expect(body).toMatchObject({ status: 'error' });
      await connect();
      expect(await useEverywhere()).toEqual(all('accepted'));
    },
    TIMEOUT_MS,
  );
});
