import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteReadStore } from '../../src/adapters/sqlite/read-store.ts';
import { openSqliteVault } from '../../src/adapters/sqlite/vault.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { openKeyRingFile } from '../../src/adapters/system/key-ring.ts';
import { openLog } from '../adapters/eventstoredb/opened-log.ts';
import { range } from '../support/event-log.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';
import { describeWith } from '../support/servers/describe-with.ts';
import {
  type EventStoreServer,
  findOwnEventStore,
  startEventStore,
} from '../support/servers/event-store.ts';
import { startable } from '../support/servers/find.ts';
import { untilTrue } from '../support/servers/runner.ts';
import { expectFoldOfLog } from './fold-check.ts';
import { startTrader } from './traders.ts';

const KILLS = 3;
const TRADERS = 4;
const ORDERS_BETWEEN = 8;
const TIMEOUT_MS = 570_000;

const source = findOwnEventStore();

describeWith(source, 'One process on EventStoreDB with embedded read models', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-esdb-'));
  let store: EventStoreServer | undefined;
  let server: ServerProcess | undefined;

  afterAll(async () => {
    await server?.kill();
    await store?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it(
    'carries each command out once and its read models equal the log, however often it is killed',
    async () => {
      store = await startEventStore(startable(source), { onDisk: true });
      const { connectionString } = store;
      const start = () =>
        startServer(dataDir, {
          EVENT_STORE: 'esdb',
          ESDB_URL: connectionString,
          POSITION_WAIT_MS: '20000',
        });
      server = await start();
      const apiKey = keyOf(dataDir, 'manager');
      const urls = () => (server ? [server.url] : []);
      const traders = range(TRADERS).map((i) => startTrader({ urls, apiKey, name: `t${i}` }));
      const orders = () => traders.reduce((sum, trader) => sum + trader.orders, 0);
      for (const _ of range(KILLS)) {
        const goal = orders() + ORDERS_BETWEEN;
        const check = () => traders.forEach((trader) => trader.check());
        await untilTrue('more orders', async () => orders() >= goal, check);
        await server.kill();
        server = await start();
      }
      await Promise.all(traders.map((trader) => trader.stop()));
      expect(await server.stop()).toBe(0);

      const log = openLog(connectionString);
      const readStore = openSqliteReadStore(join(dataDir, 'documents.db'));
      const path = join(dataDir, 'vault.db');
      const vault = openSqliteVault({ path, clock: systemClock, ids: systemIds });
      const keyRing = await openKeyRingFile(join(dataDir, 'master-key.json'));
      try {
        const acknowledged = traders.flatMap((trader) => [...trader.acknowledged]);
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
