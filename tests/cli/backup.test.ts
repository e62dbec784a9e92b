import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { createFirstShop } from '../../src/adapters/system/shops-file.ts';
import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { readConfig } from '../../src/config.ts';
import { backUp, restore } from '../../src/maintenance/backup.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const CLI = new URL('../../dist/cli/main.js', import.meta.url).pathname;
/** Several servers start and stop in one test, perhaps on a busy machine. */
const LONG_MS = 240_000;

let folder: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillstream-backup-'));
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const configOf = (dataDir: string) => readConfig({ DATA_DIR: dataDir });
/** The master keys have a backup of their own, which is kept apart. */
const takeMasterKeys = (from: string, to: string) =>
  copyFileSync(join(from, 'master-key.json'), join(to, 'master-key.json'));
const now = () => new Date().toISOString();
/** The number of the last event of a backup: what the server records at its start is before it. */
const commitOf = ({ lastPosition }: { readonly lastPosition: string }) =>
  Number(lastPosition.split('.')[0]);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Rebuilding read models may take a while on a busy machine. */
const PATIENT = { POSITION_WAIT_MS: '30000' };

/** The built command in a process of its own. */
function tillstream(dataDir: string, ...args: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

async function open(dataDir: string): Promise<ApiClient> {
  server = await startServer(dataDir, PATIENT);
  return createApiClient(server.url, keyOf(dataDir, 'manager'));
}

async function stopped(): Promise<void> {
  expect(await server?.stop()).toBe(0);
  server = undefined;
}

let sales = 0;
async function sell(client: ApiClient, count: number): Promise<string | undefined> {
  let position: string | undefined;
  for (let i = 0; i < count; i++) {
    sales += 1;
    const lines = [{ name: 'Tea', quantity: '1', unitPriceMinor: 100 }];
    const body = { currency: 'USD', lines };
    const answer = await client.post('/orders', { key: `sale-${sales}`, body });
    expect(answer.status).toBe(202);
    position = answer.position;
  }
  return position;
}

/** The ids of the orders, sorted. */
async function ordersOf(client: ApiClient, position?: string): Promise<string[]> {
  const { status, body } = await client.get('/orders?limit=200', { position });
  expect({ status, body }).toMatchObject({ status: 200 });
  return (body['items'] as { orderId: string }[]).map(({ orderId }) => orderId).sort();
}

describe('tillstream backup and restore', () => {
  it(
    'copy the storage of a running server, and start another one with it',
    async () => {
      const data = join(folder, 'data');
      const backup = join(folder, 'backup');
      const client = await open(data);
      await sell(client, 3);
      const made = await tillstream(data, 'backup', backup, '--json');
      expect(made).toMatchObject({ code: 0 });
      const { events } = JSON.parse(made.out) as { events: number };
      expect(events).toBeGreaterThanOrEqual(3);
      expect(readdirSync(backup).sort()).toEqual([
        ...['backup.json', 'log.db', 'stores.json', 'vault.db'],
      ]);
      // The server goes on, and its log is longer than the copy from now on.
      expect(await ordersOf(client, await sell(client, 1))).toHaveLength(4);
      await stopped();

      const other = join(folder, 'other');
      const copied = await tillstream(other, 'restore', backup, '--json');
      expect(copied).toMatchObject({ code: 0 });
      expect(JSON.parse(copied.out)).toMatchObject({ events, generation: 2 });
      takeMasterKeys(data, other);
      server = await startServer(other, PATIENT);
      const restored = createApiClient(server.url, keyOf(data, 'manager'));
      expect(await ordersOf(restored, await sell(restored, 1))).toHaveLength(4);
      const again = await tillstream(other, 'restore', backup);
      expect(again.code).toBe(1);
      expect(again.err).toContain('is held by process');
    },
    LONG_MS,
  );

  it(
    'heal read models that are older than the log they are put beside, and refuse newer ones',
    async () => {
      const data = join(folder, 'data');
      const [early, late] = [join(folder, 'early'), join(folder, 'late')];
      const client = await open(data);
      const two = await ordersOf(client, await sell(client, 2));
      const whole = (to: string) => backUp(configOf(data), to, true);
      const before = await whole(early);
      expect(before.files).toHaveLength(4);
      const four = await ordersOf(client, await sell(client, 2));
      const after = await whole(late);
      await stopped();

      for (const [log, documents, orders] of [
        [late, early, four],
        [early, late, two],
      ] as const) {
        const mixed = join(folder, `mixed-${orders.length}`);
        await restore(configOf(mixed), log, now);
        for (const end of ['', '-wal', '-shm']) {
          rmSync(join(mixed, `documents.db${end}`), { force: true });
        }
        copyFileSync(join(documents, 'documents.db'), join(mixed, 'documents.db'));
        takeMasterKeys(data, mixed);
        if (log === early) {
          // The restore itself is an event.
          const [held, seen] = [commitOf(before) + 1, commitOf(after)];
          const refused = `log.db holds events up to ${held}, but documents.db has seen ${seen}: `;
          await expect(startServer(mixed, PATIENT)).rejects.toThrow(refused);
          // The log that cannot be used is kept, and so are the documents.
          const { kept = [] } = await restore(configOf(mixed), log, now);
          expect(kept.map((path) => basename(path).replace(/\d.*$/, ''))).toEqual([
            'log.db.replaced-',
            'documents.db.replaced-',
            'vault.db.replaced-',
          ]);
        }
        server = await startServer(mixed, PATIENT);
        const restored = createApiClient(server.url, keyOf(data, 'manager'));
        const found = await ordersOf(restored, await sell(restored, 1));
        expect(found).toEqual(expect.arrayContaining(orders));
        expect(found).toHaveLength(orders.length + 1);
        await stopped();
      }
    },
    LONG_MS,
  );

  it('reject a folder without a valid backup, and a target with a log', async () => {
    const [data, backup, other] = ['data', 'backup', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const taken = (from: string, to: string) => restore(configOf(to), from, now);
    await expect(taken(backup, data)).rejects.toThrow('expected a finished backup');
    await createFirstShop(data);
    const path = join(data, 'log.db');
    await openSqliteEventLog({ path, clock: systemClock, ids: systemIds }).close();
    const made = await backUp(configOf(data), backup, false);
    expect(made).toMatchObject({ events: 0, lastPosition: '-1.-1' });
    await expect(backUp(configOf(data), backup, false)).rejects.toThrow('expected an empty folder');
    await expect(taken(backup, data)).rejects.toThrow(/expected no .*log\.db: move/);
    writeFileSync(join(backup, 'stores.json'), '[]');
    await expect(taken(backup, other)).rejects.toThrow('expected SHA-256');
  });
});

describe('the command line on storage', () => {
  const exposedIn = (path: string) =>
    readdirSync(path).filter((name) => (statSync(join(path, name)).mode & 0o077) !== 0);

  // With a loose umask other users could read the sales of a copy, whatever its folder.
  it('writes backups and exports that only their owner can read, and a restored folder', async () => {
    const umask = process.umask(0);
    try {
      const data = join(folder, 'data');
      await createFirstShop(data);
      const path = join(data, 'log.db');
      await openSqliteEventLog({ path, clock: systemClock, ids: systemIds }).close();
      const [backup, other, files] = ['backup', 'other', 'files'].map((name) => join(folder, name));
      if (!backup || !other || !files) throw new Error('expected three folders');
      mkdirSync(backup, { mode: 0o755 });
      await backUp(configOf(data), backup, false);
      await restore(configOf(other), backup, now);
      expect((await tillstream(data, 'events', 'export', files)).code).toBe(0);
      for (const path of [data, backup, other, files]) expect(exposedIn(path)).toEqual([]);
      for (const path of [data, other, files]) expect(statSync(path).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(umask);
    }
  });

  it('refuses what it cannot read or write in one line, without a stack', async () => {
    const data = join(folder, 'data');
    await createFirstShop(data);
    const path = join(data, 'log.db');
    await openSqliteEventLog({ path, clock: systemClock, ids: systemIds }).close();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const refused = async (...args: readonly string[]) => {
      const { code, err } = await tillstream(data, ...args);
      expect({ code, err }).toMatchObject({ code: 1 });
      expect(err).not.toMatch(/\[object|^\s+at |\bbug\b/m);
      expect(err.trim().split('\n')).toHaveLength(1);
      return err;
    };

    expect(await refused('backup', file)).toContain(`${file}: expected a folder, found a file`);
    expect(await refused('events', 'export', file)).toContain('expected a folder, found a file');
    expect(await refused('restore', join(folder, 'none'))).toContain('expected a finished backup');
    rmSync(join(data, 'stores.json'));
    const noShops = await refused('backup', join(folder, 'backup'));
    expect(noShops).toContain(`${join(data, 'stores.json')}: it does not exist`);
    truncateSync(path, 4_096);
    const log = `${path}: it was cut off`;
    expect(await refused('events', 'export', join(folder, 'a'))).toContain(log);
    rmSync(path);
    expect(await refused('backup', join(folder, 'b'))).toContain(`${path} is missing`);
  });
});

describe('tillstream events export and import', () => {
  it(
    'copy a whole log into a new data folder, from which a server returns the same',
    async () => {
      const data = join(folder, 'data');
      const files = join(folder, 'files');
      const other = join(folder, 'other');
      const client = await open(data);
      await sell(client, 3);
      const held = await tillstream(data, 'events', 'export', files);
      expect(held).toMatchObject({ code: 1 });
      expect(held.err).toContain('stop it first');
      await stopped();
      const made = await tillstream(data, 'events', 'export', files, '--json');
      expect(made).toMatchObject({ code: 0 });
      expect(await tillstream(data, 'events', 'verify', files)).toMatchObject({ code: 0 });
      const taken = await tillstream(other, 'events', 'import', files);
      expect(taken).toMatchObject({ code: 0 });
      expect(taken.out).toMatch(/^imported \d+ events, 0 were there already/);
      const again = await tillstream(other, 'events', 'export', join(folder, 'again'), '--json');
      const hashOf = ({ out }: Ran) => (JSON.parse(out) as { hash: string }).hash;
      expect(hashOf(again)).toBe(hashOf(made));

      server = await startServer(other, {
        ...PATIENT,
        STORES_FILE: join(data, 'stores.json'),
      });
      const moved = createApiClient(server.url, keyOf(data, 'manager'));
      expect(await ordersOf(moved, await sell(moved, 1))).toHaveLength(4);
    },
    LONG_MS,
  );
});
