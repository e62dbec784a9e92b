import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { failedStart } from '../support/failed-start.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';

const LONG_MS = 120_000;
const DISK_KIB = 8_192;
/** Each signal must show a failure within this time. */
const REPORTED_MS = 5_000;
/** Storage is tried again after 10 s at the latest, perhaps on a busy machine. */
const RECOVERED_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'tillstream-full-disk-'));
const disk = join(folder, 'disk');
const data = join(folder, 'data');

/** A small file system in memory; only root may mount one. */
function mountDisk(): boolean {
  mkdirSync(disk, { recursive: true });
  const options = `size=${DISK_KIB}k`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
}
const unmountDisk = () => spawnSync('umount', [disk]);

/** Writes until nothing more fits. */
function fillDisk(): void {
  for (const sizeBytes of [65_536, 4_096]) {
    try {
      for (;;) appendFileSync(join(disk, 'filler'), Buffer.alloc(sizeBytes));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}
const freeDisk = () => rmSync(join(disk, 'filler'));

interface Health {
  readonly status: string;
  readonly writes: string;
  readonly projections: { readonly failing: readonly string[]; readonly lagEvents: number };
}

const canMount = mountDisk();
unmountDisk();
if (!canMount) process.stderr.write('skipped: full disk: expected the right to mount a tmpfs\n');

(canMount ? describe : describe.skip)('a real full disk', () => {
  let server: ServerProcess | undefined;
  let client: ApiClient;
  let orders = 0;
  beforeEach(() => {
    mountDisk();
    mkdirSync(data);
  });
  afterEach(async () => {
    await server?.kill();
    server = undefined;
    unmountDisk();
    rmSync(data, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function start(dataDir: string): Promise<void> {
    server = await startServer(dataDir, { LOG_LEVEL: 'warn', POSITION_WAIT_MS: '30000' });
    client = createApiClient(server.url, keyOf(dataDir, 'operator'));
  }

  const place = (key = `order-${(orders += 1)}`) => {
    const lines = [{ name: 'Tea', quantity: '1', unitPriceMinor: 250 }];
    return client.post('/orders', { key, body: { currency: 'USD', lines } });
  };
  const health = async () => (await client.get('/health')).body as unknown as Health;

  /** Asks until the health is as expected. */
  async function healthIs(expected: (now: Health) => boolean, withinMs: number): Promise<Health> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const now = await health();
      if (expected(now)) return now;
      if (performance.now() > deadline) throw new Error(`found ${JSON.stringify(now)}`);
    }
  }

  // The read models stayed `live`, and every signal was green.
  it(
    'of the read models alone is reported everywhere, takes no write away, and heals',
    async () => {
      symlinkSync(join(disk, 'documents.db'), join(data, 'documents.db'));
      await start(data);
      const { position } = await place();
      expect((await client.get('/orders', { position })).status).toBe(200);
      fillDisk();
      // What is left of the last page of each file fits a few more events.
      let last = await place();
      for (let i = 0; i < 50; i++) last = await place();
      expect(last.status).toBe(202);

      const found = await healthIs(
        ({ projections }) => projections.failing.length > 0,
        REPORTED_MS,
      );
      expect(found).toMatchObject({ status: 'degraded', writes: 'ok' });
      expect(found.projections.failing).toContain('order-list');
      expect((await client.get('/health/ready')).status).toBe(200);
      expect((await place()).status).toBe(202);
      const details = JSON.stringify((await client.get('/health/detailed')).body);
      expect(details).toContain('documents.db: the disk is full: free space on it');
      expect(server?.output()).toContain('read models cannot be updated; retrying');

      freeDisk();
      await healthIs(({ status }) => status === 'ok', RECOVERED_MS);
      const list = await client.get('/orders?limit=200', { position: last.position });
      expect((list.body['items'] as unknown[]).length).toBe(orders);
      expect(await server?.stop()).toBe(0);
      server = undefined;
    },
    LONG_MS,
  );

  it(
    'under everything is reported, refuses a start in one line, and loses nothing',
    async () => {
      await start(disk);
      const first = await place('first');
      expect(first.status).toBe(202);
      fillDisk();
      // Space that the files have already still takes a few.
      let rejected = await place('rejected');
      while (rejected.status === 202) rejected = await place(`rejected-${(orders += 1)}`);
      expect(rejected.status).toBe(503);
      await healthIs(({ writes }) => writes === 'failing', REPORTED_MS);
      expect((await client.get('/health/ready')).status).toBe(200);
      expect(server?.output()).toContain('the event log does not store events');
      expect(server?.output()).not.toMatch(/uncaught|\[object/);
      // A stop on a full disk is a clean one.
      expect(await server?.stop()).toBe(0);

      // The stop has made room: it wrote the write-ahead log back.
      fillDisk();
      const refused = await failedStart(disk);
      expect(refused.code).toBe(1);
      expect(refused.lines).toHaveLength(1);
      expect(refused.lines[0]).toContain('the disk is full: free space on it');

      freeDisk();
      await start(disk);
      const again = await place('first');
      expect(again).toMatchObject({ status: 202, position: first.position });
      expect((await place('rejected')).status).toBe(202);
      await healthIs(({ status }) => status === 'ok', RECOVERED_MS);
    },
    LONG_MS,
  );
});
