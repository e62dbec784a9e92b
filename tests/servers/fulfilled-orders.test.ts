import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type PaymentSimulator, startPaymentSimulator } from '../../simulators/payments/server.ts';
import { openMongoReadStore } from '../../src/adapters/mongodb/read-store.ts';
import { openSqliteReadStore } from '../../src/adapters/sqlite/read-store.ts';
import { openSqliteVault } from '../../src/adapters/sqlite/vault.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { openKeyRingFile } from '../../src/adapters/system/key-ring.ts';
import { formatPosition } from '../../src/domain/kernel/position.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { openLog } from '../adapters/eventstoredb/opened-log.ts';
import { PATIENT } from '../adapters/mongodb/opened-store.ts';
import { range } from '../support/event-log.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';
import { describeWith } from '../support/servers/describe-with.ts';
import {
  type EventStoreServer,
  findOwnEventStore,
  startEventStore,
} from '../support/servers/event-store.ts';
import { allOf, startable } from '../support/servers/find.ts';
import { findOwnMongo, startMongo, withDatabase } from '../support/servers/mongo.ts';
import { findOwnRedis, startRedis } from '../support/servers/redis.ts';
import { untilTrue } from '../support/servers/runner.ts';
import { expectFoldOfLog, silentLogger } from './fold-check.ts';
import { sharedMasterKeys } from './master-keys.ts';
import { keptMinor, type Shopper, startShopper } from './shoppers.ts';

const SHOPPERS = 3;
const ORDERS_BETWEEN = 6;
const TIMEOUT_MS = 570_000;
/** Answers that take a while and get lost: kills meet payments under way. */
const PROVIDER = {
  temporaryRate: 0.1,
  permanentRate: 0.1,
  minLatencyMs: 0,
  maxLatencyMs: 300,
  lostResponseRate: 0.2,
};

const source = findOwnEventStore();
const mongo = findOwnMongo();
const redis = findOwnRedis();

describeWith(source, 'Orders that fulfil themselves on EventStoreDB', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-fulfilled-'));
  let provider: PaymentSimulator | undefined;
  let store: EventStoreServer | undefined;
  let server: ServerProcess | undefined;

  afterAll(async () => {
    await server?.kill();
    await store?.stop();
    await provider?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it(
    'are reserved, paid and taken out once, whichever server is killed',
    async () => {
      provider = await startPaymentSimulator({ settings: PROVIDER });
      store = await startEventStore(startable(source), { onDisk: true });
      const { connectionString } = store;
      const settings = {
        EVENT_STORE: 'esdb',
        ESDB_URL: connectionString,
        ...settingsOf(provider),
      };
      const start = () => startServer(dataDir, settings);
      server = await start();
      const apiKey = keyOf(dataDir, 'manager');
      const urls = () => (server ? [server.url] : []);
      const shoppers = startShoppers(urls, apiKey);
      const untilOrdered = () => untilMoreOrders(shoppers);

      await untilOrdered();
      await server.kill();
      server = await start();
      await untilOrdered();
      await store.kill();
      await store.restart();
      await untilOrdered();
      await store.kill();
      await server.kill();
      await store.restart();
      server = await start();
      await untilOrdered();

      const log = openLog(connectionString);
      const readStore = openSqliteReadStore(join(dataDir, 'documents.db'));
      const path = join(dataDir, 'vault.db');
      const vault = openSqliteVault({ path, clock: systemClock, ids: systemIds });
      const keyRing = await openKeyRingFile(join(dataDir, 'master-key.json'));
      try {
        await expectAllFulfilled(shoppers, provider, log);
        expect(await server.stop()).toBe(0);
        const acknowledged = shoppers.flatMap((shopper) => [...shopper.acknowledged]);
        await expectFoldOfLog({ log, readStore, vault, keyRing }, acknowledged);
      } finally {
        await vault.close();
        await readStore.close();
        await log.close();
      }
    },
    TIMEOUT_MS,
  );
});

describeWith(allOf(source, mongo, redis), 'Orders that fulfil themselves in two processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-fulfilled-two-'));
  const stops: (() => Promise<unknown>)[] = [];
  const processes = new Map<string, ServerProcess>();

  afterAll(async () => {
    await Promise.all([...processes.values()].map((each) => each.kill()));
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }, TIMEOUT_MS);

  it(
    'are reserved, paid and taken out once, whichever server or process is killed',
    async () => {
      const provider = await startPaymentSimulator({ settings: PROVIDER });
      stops.push(() => provider.stop());
      const servers = await Promise.all([
        startEventStore(startable(source), { onDisk: true }),
        startMongo(startable(mongo)),
        startRedis(startable(redis)),
      ]);
      stops.push(...servers.map((server) => () => server.stop()));
      const [{ connectionString }, { url }, { url: redisUrl }] = servers;
      const mongoUrl = withDatabase(url, 'tillstream_fulfilled');
      const settings = {
        EVENT_STORE: 'esdb',
        ESDB_URL: connectionString,
        READ_STORE: 'mongodb',
        MONGO_URL: mongoUrl,
        REDIS_URL: redisUrl,
        STORES_FILE: join(folder, 'stores.json'),
        ...sharedMasterKeys.settings,
        ...settingsOf(provider),
      };
      const start = async (name: string) =>
        processes.set(name, await startServer(join(folder, name), settings));
      // The first start makes the stores file that the other reads.
      await start('one');
      await start('other');
      const shoppers = startShoppers(
        () => [...processes.values()].map((each) => each.url),
        keyOf(join(folder, 'one'), 'manager'),
      );
      const untilOrdered = () => untilMoreOrders(shoppers);

      for (const name of ['one', 'other']) {
        await untilOrdered();
        await processes.get(name)?.kill();
        processes.delete(name);
        await untilOrdered();
        await start(name);
      }
      for (const server of servers) {
        await untilOrdered();
        await server.kill();
        await server.restart();
      }
      await untilOrdered();

      const log = openLog(connectionString);
      const readStore = openMongoReadStore({
        url: mongoUrl,
        logger: silentLogger,
        timeouts: PATIENT,
      });
      stops.unshift(
        () => log.close(),
        () => readStore.close(),
      );
      await expectAllFulfilled(shoppers, provider, log);
      for (const [name, server] of processes)
        expect([name, await server.stop()]).toEqual([name, 0]);
      processes.clear();
      const acknowledged = shoppers.flatMap((shopper) => [...shopper.acknowledged]);
      const { vault } = readStore;
      const keyRing = sharedMasterKeys.keyRing();
      await expectFoldOfLog({ log, readStore, vault, keyRing }, acknowledged);
    },
    TIMEOUT_MS,
  );
});

const settingsOf = ({ url }: PaymentSimulator) => ({
  PAYMENT_PROVIDER_URL: url,
  OUTGOING_ALLOWED: '127.0.0.1',
  POSITION_WAIT_MS: '20000',
});

function startShoppers(urls: () => readonly string[], apiKey: string): readonly Shopper[] {
  return range(SHOPPERS).map((i) => startShopper({ urls, apiKey, name: `s${i}` }));
}

async function untilMoreOrders(shoppers: readonly Shopper[]): Promise<void> {
  const orders = () => shoppers.reduce((sum, shopper) => sum + shopper.orders, 0);
  const goal = orders() + ORDERS_BETWEEN;
  const check = () => shoppers.forEach((shopper) => shopper.check());
  await untilTrue('more orders', async () => orders() >= goal, check);
}

/** The provider has the money of what was sold, and no other. */
async function expectAllFulfilled(
  shoppers: readonly Shopper[],
  { payments }: PaymentSimulator,
  log: EventLog,
): Promise<void> {
  await Promise.all(shoppers.map((shopper) => shopper.stop()));
  const head = async () => formatPosition(await log.head());
  const kept = await Promise.all(
    shoppers.map((shopper) => shopper.expectFulfilled(payments, head)),
  );
  const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, each) => sum + each, 0);
  expect(sumOf(kept)).toBeGreaterThan(0);
  expect(sumOf(payments().map(keptMinor))).toBe(sumOf(kept));
}
