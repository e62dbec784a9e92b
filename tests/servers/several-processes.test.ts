import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type MongoReadStore, openMongoReadStore } from '../../src/adapters/mongodb/read-store.ts';
import { createApiClient } from '../../src/cli/api-client.ts';
import {
  comparePositions,
  formatPosition,
  type Position,
  START,
} from '../../src/domain/kernel/position.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { openLog } from '../adapters/eventstoredb/opened-log.ts';
import { PATIENT } from '../adapters/mongodb/opened-store.ts';
import { range } from '../support/event-log.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';
import { describeWith } from '../support/servers/describe-with.ts';
import { findOwnEventStore, startEventStore } from '../support/servers/event-store.ts';
import { allOf, startable } from '../support/servers/find.ts';
import { findOwnMongo, startMongo, withDatabase } from '../support/servers/mongo.ts';
import { findOwnRedis, startRedis } from '../support/servers/redis.ts';
import { untilTrue } from '../support/servers/runner.ts';
import { expectFoldOfLog, readModelsIn, silentLogger, type Stores } from './fold-check.ts';
import { sharedMasterKeys } from './master-keys.ts';
import { startTrader, type Trader } from './traders.ts';

const LEASE_MS = 3_000;
/** A worker looks for free work three times within the time of a lease. */
const TAKEN_WITHIN_MS = LEASE_MS + LEASE_MS / 3;
/** What a busy machine adds. */
const SLACK_MS = 15_000;
const TRADERS = 4;
const ORDERS = 12;
const TIMEOUT_MS = 300_000;

const eventStore = findOwnEventStore();
const mongo = findOwnMongo();
const redis = findOwnRedis();

describeWith(allOf(eventStore, mongo, redis), 'Several processes on the same stores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-several-'));
  const stops: (() => Promise<unknown>)[] = [];
  const processes = new Map<string, ServerProcess>();
  const traders: Trader[] = [];
  /** Their names are never used again: with the keys of an earlier one they would only repeat. */
  let traderCount = 0;
  const acknowledged = new Set<string>();
  let settings: Readonly<Record<string, string>>;
  let log: EventLog;
  let store: MongoReadStore;

  beforeAll(async () => {
    const servers = await Promise.all([
      startEventStore(startable(eventStore), { onDisk: true }),
      startMongo(startable(mongo)),
      startRedis(startable(redis)),
    ]);
    stops.push(...servers.map((server) => () => server.stop()));
    const [{ connectionString }, { url }, { url: redisUrl }] = servers;
    const mongoUrl = withDatabase(url, 'tillstream_several');
    settings = {
      EVENT_STORE: 'esdb',
      ESDB_URL: connectionString,
      READ_STORE: 'mongodb',
      MONGO_URL: mongoUrl,
      REDIS_URL: redisUrl,
      STORES_FILE: join(folder, 'stores.json'),
      ...sharedMasterKeys.settings,
      LEASE_MS: String(LEASE_MS),
      POSITION_WAIT_MS: '30000',
    };
    log = openLog(connectionString);
    store = openMongoReadStore({ url: mongoUrl, logger: silentLogger, timeouts: PATIENT });
    stops.unshift(
      () => log.close(),
      () => store.close(),
    );
    // The first start makes the stores file that the others read.
    await start('api-1', 'api');
    await Promise.all([
      start('api-2', 'api'),
      start('worker-1', 'worker'),
      start('worker-2', 'worker'),
    ]);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all([...processes.values()].map((each) => each.kill()));
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }, TIMEOUT_MS);

  async function start(name: string, role: string): Promise<void> {
    const dataDir = join(folder, name);
    processes.set(name, await startServer(dataDir, { ...settings, ROLE: role }));
  }

  const stores = (): Stores => ({
    log,
    readStore: store,
    vault: store.vault,
    keyRing: sharedMasterKeys.keyRing(),
  });
  const keyFor = (role: 'manager' | 'operator') => keyOf(join(folder, 'api-1'), role);
  const named = (prefix: string) =>
    [...processes].filter(([name]) => name.startsWith(prefix)).map(([, server]) => server);

  /** What a process says that it does. */
  async function workOf(name: string): Promise<readonly string[]> {
    const { url } = processes.get(name)!;
    const { body } = await createApiClient(url, keyFor('operator')).get('/health/detailed');
    return body['work'] as string[];
  }

  /** Work under a lease, by the name of who has it; what only tells who is there left out. */
  async function leases(): Promise<Map<string, string>> {
    const held = (await store.leases.held()).filter(({ name }) => !name.startsWith('worker.'));
    return new Map(held.map(({ name, holder }) => [name, holder]));
  }

  function trade(urls = () => named('api').map(({ url }) => url)): void {
    for (const i of range(TRADERS, traderCount)) {
      traders.push(startTrader({ urls, apiKey: keyFor('manager'), name: `trader-${i}` }));
    }
    traderCount += TRADERS;
  }

  const orders = () => traders.reduce((sum, trader) => sum + trader.orders, 0);
  async function untilTraded(more: number): Promise<void> {
    const goal = orders() + more;
    const check = () => traders.forEach((trader) => trader.check());
    await untilTrue(`${more} more orders`, async () => orders() >= goal, check);
  }

  /** Ends the trade and waits until all read models have seen all of it. */
  async function settle(): Promise<void> {
    const stopped = traders.splice(0);
    await Promise.all(stopped.map((trader) => trader.stop()));
    for (const trader of stopped) for (const key of trader.acknowledged) acknowledged.add(key);
    const position = formatPosition(await log.head());
    const api = createApiClient(named('api')[0]!.url, keyFor('manager'));
    const lists = ['/orders', '/customers', '/debts', '/payments', '/reports/daily-sales'];
    for (const path of lists) {
      await untilTrue(`${path} at the head`, async () => {
        const { status } = await api.get(path, { position });
        return status === 200;
      });
    }
  }

  it(
    'split the work, and answer each with what was written through another',
    async () => {
      const isSplit = async () => {
        const [one, other] = [await workOf('worker-1'), await workOf('worker-2')];
        return one.length > 0 && other.length > 0 && one.length + other.length >= 3;
      };
      await untilTrue('the work to be split', isSplit);
      expect(await workOf('api-1')).toEqual([]);
      const [one, other] = [await workOf('worker-1'), await workOf('worker-2')];
      expect(one.filter((name) => other.includes(name))).toEqual([]);
      trade();
      await untilTraded(ORDERS);
      await settle();
      await expectFoldOfLog(stores(), acknowledged);
    },
    TIMEOUT_MS,
  );

  it(
    'take over within the lease time from one that was killed, skip nothing and double nothing',
    async () => {
      trade();
      await untilTraded(ORDERS);
      const before = await leases();
      const lost = await workOf('worker-1');
      expect(lost.length).toBeGreaterThan(0);
      const killedAt = performance.now();
      await processes.get('worker-1')!.kill();
      processes.delete('worker-1');
      const isTaken = async () => {
        const now = await leases();
        return lost.every((name) => now.has(name) && now.get(name) !== before.get(name));
      };
      await untilTrue('the work to be taken over', isTaken);
      expect(performance.now() - killedAt).toBeLessThan(TAKEN_WITHIN_MS + SLACK_MS);
      await untilTraded(ORDERS);
      await settle();
      await expectFoldOfLog(stores(), acknowledged);
      await start('worker-1', 'worker');
    },
    TIMEOUT_MS,
  );

  it(
    'go on when one that answers is killed in the middle of its commands',
    async () => {
      trade();
      await untilTraded(ORDERS);
      await processes.get('api-2')!.kill();
      processes.delete('api-2');
      await untilTraded(ORDERS);
      await start('api-2', 'api');
      await settle();
      await expectFoldOfLog(stores(), acknowledged);
    },
    TIMEOUT_MS,
  );

  it(
    'are not disturbed by a holder that was stopped for longer than its lease and goes on',
    async () => {
      await untilTrue('both to work', async () => {
        const all = [await workOf('worker-1'), await workOf('worker-2')];
        return all.every((work) => work.length > 0);
      });
      trade();
      await untilTraded(ORDERS);
      const before = await leases();
      const lost = await workOf('worker-1');
      const stopped = processes.get('worker-1')!;
      stopped.process.kill('SIGSTOP');
      const isTaken = async () => {
        const now = await leases();
        return lost.every((name) => now.has(name) && now.get(name) !== before.get(name));
      };
      await untilTrue('the work to be taken over', isTaken);
      await untilTraded(ORDERS);
      await settle();
      const documents = await readModelsIn(store);
      const checkpoints = await checkpointsOf(store);
      stopped.process.kill('SIGCONT');
      // It answers again, and has found out that the work of that time is not its own any more.
      await untilTrue('the old holder to know', async () => {
        const now = await leases();
        const work = await workOf('worker-1');
        return work.every((name) => now.get(name)?.includes(`-${stopped.process.pid}-`));
      });
      expect(await readModelsIn(store)).toEqual(documents);
      // The new holder may note that it has passed events that are not for a read model.
      const now = await checkpointsOf(store);
      const isBack = ([name, position]: [string, Position | undefined]) =>
        position !== undefined && comparePositions(now.get(name) ?? START, position) < 0;
      expect([...checkpoints].filter(isBack)).toEqual([]);
      trade();
      await untilTraded(ORDERS);
      await settle();
      await expectFoldOfLog(stores(), acknowledged);
    },
    TIMEOUT_MS,
  );
});

/** Where each collection's checkpoint stands. */
async function checkpointsOf(store: MongoReadStore): Promise<Map<string, Position | undefined>> {
  const all = new Map<string, Position | undefined>();
  for (const name of await store.listCollections()) {
    all.set(name, (await store.checkpoint(name))?.position);
  }
  return all;
}
