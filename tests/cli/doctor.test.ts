import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { openSqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../src/adapters/sqlite/read-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { createFirstShop } from '../../src/adapters/system/shops-file.ts';
import { runDoctor } from '../../src/cli/doctor.ts';
import { collectionOf } from '../../src/engine/projections/folding/projection.ts';
import { examine } from '../../src/maintenance/doctor/doctor.ts';
import type { Finding } from '../../src/maintenance/operations.ts';
import { orderList } from '../../src/projections/orders/list/projection.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillstream-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const look = (env: Record<string, string> = {}, nowMs = Date.now()) =>
  examine({ DATA_DIR: folder, ...env }, nowMs);
const of = (findings: readonly Finding[], check: string) =>
  findings.filter((finding) => finding.check === check);
const levelsOf = (findings: readonly Finding[], check: string) =>
  of(findings, check).map(({ level }) => level);

/** A data folder as a server leaves it that has taken one event. */
async function usedFolder(): Promise<string> {
  await createFirstShop(folder);
  const log = openSqliteEventLog({
    path: join(folder, 'log.db'),
    clock: systemClock,
    ids: systemIds,
  });
  const metadata = {
    storeId: 'main',
    commandId: 'c',
    fields: {},
    correlationId: 'c',
    causationId: 'c',
    actor: { kind: 'system' as const, id: 'test' },
    schemaVersion: 1,
  };
  const event = { id: 'e', type: 'Happened', data: {}, metadata };
  const { outcome } = await log.append('order-main.1', 'no-stream', [event]);
  expect(outcome).toBe('done');
  const logId = await log.logId();
  await log.close();
  return logId;
}

/** A read model that has come to a position of a log. */
async function builtReadModel(logId: string, at: bigint, eventId: string, version = 0) {
  const store = openSqliteReadStore(join(folder, 'documents.db'));
  const collection = collectionOf(orderList, 1);
  await store.ensureCollection(collection);
  await store.setLiveGeneration({
    projection: orderList.name,
    version: orderList.version + version,
    generation: 1,
  });
  const position = { commit: at, prepare: at };
  const to = { logId, position, eventId };
  const move = { name: collection.name, from: undefined, to };
  const { outcome } = await store.commit({ documents: [], checkpoints: [move] });
  expect(outcome).toBe('done');
  return store;
}

describe('tillstream doctor', () => {
  it('finds no problem before the first start, and creates nothing', async () => {
    const findings = await look({ DATA_DIR: join(folder, 'new') });

    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(of(findings, 'event log')[0]?.found).toContain('none yet');
  });

  it('reports an invalid configuration, and checks nothing else', async () => {
    const findings = await look({ PORT: 'many', EVENT_STORE: 'esdb' });

    expect(of(findings, 'configuration')[0]).toMatchObject({
      level: 'problem',
      found: expect.stringContaining('PORT: expected a whole number') as unknown,
    });
    expect(of(findings, 'disk')).toEqual([]);
  });

  it('finds no problem with valid storage', async () => {
    const logId = await usedFolder();
    await (await builtReadModel(logId, 1n, 'e')).close();
    const findings = await look();

    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(levelsOf(findings, 'checkpoints')).toEqual([]);
    expect(levelsOf(findings, 'event log')).toEqual(['ok']);
    expect(of(findings, 'stores file')[0]?.found).toContain('main');
  });

  it.each([
    ['where this log has another event', 1n, 'f', undefined],
    ['was built from another log', 1n, 'e', 'other'],
  ])('finds a checkpoint that is %s', async (words, at, eventId, otherLog) => {
    const logId = await usedFolder();
    await (await builtReadModel(otherLog ?? logId, at, eventId)).close();
    const [finding] = of(await look(), 'checkpoints');

    expect(finding).toMatchObject({ level: 'warning' });
    expect(finding?.found).toContain(words);
    expect(finding?.action).toContain('restored-old-log.md');
  });

  // A start rebuilt the read models from what was left of the log, and no check said more.
  it('finds a log that lost events, is missing or is cut off, as a start refuses it', async () => {
    const logId = await usedFolder();
    await (await builtReadModel(logId, 9n, 'f')).close();
    const log = join(folder, 'log.db');
    const found = async () => of(await look(), 'event log')[0];
    expect(await found()).toMatchObject({
      level: 'problem',
      found: `${log} holds events up to 1, but documents.db has seen 9`,
      action: expect.stringContaining('tillstream restore <folder>') as unknown,
    });
    truncateSync(log, 4_096);
    expect((await found())?.found).toContain(`${log}: it was cut off`);
    rmSync(log);
    expect((await found())?.found).toContain(`${log} is missing, but documents.db has seen`);
    expect(existsSync(log)).toBe(false);
  });

  it('finds damaged read models and hints, which the next start rebuilds', async () => {
    await usedFolder();
    for (const name of ['documents.db', 'hints.db']) {
      writeFileSync(join(folder, name), 'no database at all'.repeat(999));
    }
    const findings = of(await look(), 'read store');
    expect(findings.map(({ level }) => level)).toEqual(['warning', 'warning']);
    expect(findings[0]?.found).toContain('documents.db: it is not a SQLite database');
    expect(findings[0]?.action).toContain('the next start sets it aside');
  });

  it('finds files that other users can read', async () => {
    await usedFolder();
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'log.db'), 0o644);
    const actions = of(await look(), 'permissions').map(({ action }) => action);
    expect(actions).toEqual([`chmod 700 ${folder}`, `chmod 600 ${join(folder, 'log.db')}`]);
  });

  it('reports what the health of a running server says', async () => {
    await usedFolder();
    const body = {
      status: 'degraded',
      checks: [{ name: 'accepting', ok: true, reason: '' }],
      projections: { live: 9, behind: [], failing: ['order-list'], unassigned: [], lagEvents: 7 },
      processes: { failing: ['settlement'] },
      writes: 'failing',
    };
    const running = createServer((_request, response) => response.end(JSON.stringify(body)));
    running.listen(0, '127.0.0.1');
    await once(running, 'listening');
    const { port } = running.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    const holder = { pid: process.pid, since: '2025-01-01T00:00:00Z', address };
    writeFileSync(join(folder, 'holder.json'), JSON.stringify(holder));
    const [finding] = of(await look(), 'server');
    running.close();
    running.closeAllConnections();
    expect(finding).toMatchObject({ level: 'problem' });
    expect(finding?.found).toContain(
      'is degraded: read models failing: order-list; processes failing: settlement; ' +
        'the event log stores no events',
    );
  });

  it('finds a blocked read model, and one of an older version', async () => {
    const logId = await usedFolder();
    const store = await builtReadModel(logId, 1n, 'e', -1);
    await store.setProjectionStatus({
      projection: orderList.name,
      status: 'blocked',
      eventId: 'e',
      reason: 'expected a known event type',
      skipped: [],
    });
    await store.close();
    const findings = await look();

    expect(of(findings, 'read models')[0]).toMatchObject({
      level: 'problem',
      found: 'order-list is blocked at event e: expected a known event type',
    });
    const migrations = of(findings, 'migrations').map(({ found }) => found);
    expect(migrations.some((found) => found.startsWith('order-list serves version'))).toBe(true);
  });

  it('finds a log that a newer version wrote', async () => {
    await usedFolder();
    const db = openDatabase(join(folder, 'log.db'), 'full');
    db.exec("UPDATE meta SET value = '99' WHERE key = 'schema_version'");
    db.close();

    expect(of(await look(), 'migrations')[0]).toMatchObject({ level: 'problem' });
  });

  it('finds a damaged log', async () => {
    await usedFolder();
    writeFileSync(join(folder, 'log.db'), 'no database at all, whatever its name says'.repeat(99));

    expect(of(await look(), 'event log')[0]).toMatchObject({ level: 'problem' });
  });

  it('finds a clock that is behind the log, or that cannot be right', async () => {
    await usedFolder();

    expect(levelsOf(await look(), 'clock')).toEqual(['ok']);
    expect(levelsOf(await look({}, Date.now() - 3_600_000), 'clock')).toEqual(['problem']);
    expect(levelsOf(await look({}, Date.UTC(1970, 0, 1)), 'clock')).toEqual(['problem']);
  });

  it('finds readable keys, missing shops, and a holder that is gone', async () => {
    await usedFolder();
    chmodSync(join(folder, 'stores.json'), 0o644);
    const gone = { pid: 4_194_304, since: '2025-01-01T00:00:00Z' };
    writeFileSync(join(folder, 'holder.json'), JSON.stringify(gone));
    const findings = await look();

    expect(of(findings, 'permissions')[0]?.action).toContain('chmod 600');
    expect(of(findings, 'server')[0]?.found).toContain('which is gone');
    rmSync(join(folder, 'stores.json'));
    expect(levelsOf(await look(), 'stores file')).toEqual(['problem']);
  });

  it('prints each finding with what to do, and ends with 1 when there is a problem', async () => {
    const findings: Finding[] = [
      { check: 'disk', level: 'problem', found: '3 MiB free', action: 'make room' },
      { check: 'clock', level: 'ok', found: 'right' },
    ];
    const run = async (json: boolean, found: readonly Finding[]) => {
      const printed: string[] = [];
      const maintenance = { examine: () => Promise.resolve(found) };
      const code = await runDoctor(maintenance, { json, out: (text) => printed.push(text) });
      return { code, text: printed.join('') };
    };

    const printed = await run(false, findings);
    expect(printed.code).toBe(1);
    expect(printed.text).toMatch(/^PROBLEM {2}disk .* 3 MiB free\n +-> make room\n/);
    expect(printed.text).toContain('1 problems, 0 warnings, 1 in order');
    const json = await run(true, findings.slice(1));
    expect(json.code).toBe(0);
    expect(JSON.parse(json.text)).toEqual({ healthy: true, findings: findings.slice(1) });
  });
});
