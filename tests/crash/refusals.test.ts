import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createApiClient } from '../../src/cli/api-client.ts';
import { type FailedStart, failedStart } from '../support/failed-start.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const LONG_MS = 120_000;
/** Of no user of the system; only root can start a server under it. */
const UNPRIVILEGED = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let data: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillstream-refusals-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const file = (name: string) => join(data, name);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Starts a server, places one order, waits until it can be read, and stops cleanly. */
async function placeOrder(): Promise<void> {
  server = await startServer(data, { POSITION_WAIT_MS: '30000' });
  const client = createApiClient(server.url, keyOf(data, 'manager'));
  const lines = [{ name: 'Tea', quantity: '1', unitPriceMinor: 250 }];
  const placed = await client.post('/orders', { key: 'k', body: { currency: 'USD', lines } });
  expect(placed.status).toBe(202);
  expect((await client.get('/orders', { position: placed.position })).status).toBe(200);
  expect(await server.stop()).toBe(0);
  server = undefined;
}

/** Expects one or two lines for a person, and nothing of the program behind them. */
function expectRefusal({ code, lines }: FailedStart, ...texts: readonly string[]): void {
  const text = lines.join('\n');
  for (const expected of texts) expect(text).toContain(expected);
  expect(code).toBe(1);
  expect(lines.length).toBeLessThanOrEqual(2);
  expect(text).not.toMatch(/\[object|^\s+at |\bbug\b|unexpected error|ConnectionFailed|Sqlite/m);
}

describe('a start on storage that lost something', () => {
  it(
    'is refused for the log, and rebuilds what can be rebuilt',
    async () => {
      await placeOrder();
      const log = statSync(file('log.db')).size;

      truncateSync(file('log.db'), log - 4_096);
      expectRefusal(await failedStart(data), `${file('log.db')}: it was cut off`, 'restore');
      rmSync(file('log.db'));
      const seen = 'documents.db has seen events up to';
      expectRefusal(await failedStart(data), `${file('log.db')} is missing, but ${seen}`);
      writeFileSync(file('log.db'), '');
      expectRefusal(await failedStart(data), `${file('log.db')} is empty, but ${seen}`);
      // Nothing was changed, and no shop was made.
      expect(statSync(file('log.db')).size).toBe(0);
    },
    LONG_MS,
  );

  it(
    'sets damaged read models and hints aside, and serves them again from the log',
    async () => {
      await placeOrder();
      for (const name of ['documents.db', 'hints.db']) {
        for (const suffix of ['-wal', '-shm']) rmSync(file(`${name}${suffix}`), { force: true });
        writeFileSync(file(name), 'no database at all, whatever its name says'.repeat(999));
      }
      server = await startServer(data, { POSITION_WAIT_MS: '30000' });
      for (const name of ['documents.db', 'hints.db']) {
        expect(server.output()).toContain(`${file(name)}: it is not a SQLite database. It is kept`);
        const aside = readdirSync(data).filter((each) => each.startsWith(`${name}.damaged-`));
        expect(aside).toHaveLength(1);
      }
      const client = createApiClient(server.url, keyOf(data, 'manager'));
      const { status, body } = await client.get('/orders', { position: '1.1' });
      expect({ status, orders: (body['items'] as unknown[]).length }).toEqual({
        status: 200,
        orders: 1,
      });
    },
    LONG_MS,
  );
});

describe('a start that cannot succeed', () => {
  it('names the holder of a folder that is in use, and a port that is in use', async () => {
    server = await startServer(data);
    expectRefusal(await failedStart(data), `the data folder ${data} is held by process`, 'stop it');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const PORT = String((taken.address() as AddressInfo).port);
    const refused = await failedStart(join(folder, 'other'), { env: { PORT } });
    expectRefusal(refused, `expected port ${PORT} of 127.0.0.1 to be free`, 'set PORT');
    taken.close();
    const elsewhere = await failedStart(join(folder, 'other'), { env: { HOST: '203.0.113.7' } });
    expectRefusal(elsewhere, 'expected 203.0.113.7 to be an address of this machine', 'set HOST');
  });

  (isRoot ? it : it.skip)(
    'names the file that its user may not use',
    async () => {
      await placeOrder();
      chmodSync(folder, 0o755);
      const own = () => {
        chownSync(data, UNPRIVILEGED, UNPRIVILEGED);
        for (const name of readdirSync(data)) chownSync(file(name), UNPRIVILEGED, UNPRIVILEGED);
      };
      const refused = () => failedStart(data, { uid: UNPRIVILEGED });
      expectRefusal(await refused(), `expected a writable data folder at ${data}`, 'chown');
      for (const name of ['log.db', 'documents.db', 'hints.db', 'stores.json', 'lock.db']) {
        own();
        chownSync(file(name), 0, 0);
        expectRefusal(await refused(), name, 'no permission', 'chown');
      }
      own();
      chmodSync(data, 0o500);
      expectRefusal(await refused(), `expected a writable data folder at ${data}`, 'read-only');
      const below = join(folder, 'not', 'below');
      const nowhere = await failedStart(below, { uid: UNPRIVILEGED });
      expectRefusal(nowhere, `expected a writable data folder at ${below}`, 'no permission');
      chmodSync(data, 0o700);
    },
    LONG_MS,
  );

  it('names a folder where a file is expected', async () => {
    for (const name of ['log.db', 'documents.db']) {
      mkdirSync(file(name), { recursive: true });
      expectRefusal(await failedStart(data), `${file(name)}: expected a file, found a folder`);
      rmSync(data, { recursive: true });
    }
  });
});

describe('the data folder', () => {
  it(
    'is readable by its owner alone, whatever the umask, and is made so at the next start',
    async () => {
      const under = ['sh', '-c', 'umask 000 && exec "$@"', 'sh'];
      server = await startServer(data, {}, { under });
      const client = createApiClient(server.url, keyOf(data, 'manager'));
      const lines = [{ name: 'Tea', quantity: '1', unitPriceMinor: 250 }];
      await client.post('/orders', { key: 'k', body: { currency: 'USD', lines } });
      const exposed = () =>
        readdirSync(data)
          .map((name) => `${name} ${modeOf(file(name))}`)
          .filter((entry) => !entry.endsWith(' 600'));
      expect(readdirSync(data)).toEqual(
        expect.arrayContaining(['log.db', 'log.db-wal', 'log.db-shm', 'documents.db', 'hints.db']),
      );
      expect(exposed()).toEqual([]);
      expect(modeOf(data)).toBe('700');
      await server.kill();

      // As an earlier version left it.
      chmodSync(data, 0o755);
      for (const name of readdirSync(data)) chmodSync(file(name), 0o644);
      writeFileSync(file('notes.txt'), 'of the operator', { mode: 0o644 });
      chmodSync(file('notes.txt'), 0o644);
      server = await startServer(data, { LOG_LEVEL: 'warn' }, { under });
      expect(exposed()).toEqual(['notes.txt 644']);
      expect(modeOf(data)).toBe('700');
      const logged = server
        .output()
        .split('\n')
        .filter((line) => line.includes('other users had'));
      for (const name of ['', '/log.db', '/log.db-wal', '/stores.json', '/api-key.txt']) {
        expect(logged.some((line) => line.includes(`"path":"${data}${name}"`))).toBe(true);
      }
    },
    LONG_MS,
  );
});
