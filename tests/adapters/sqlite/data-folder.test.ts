import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import {
  assertUsableLog,
  problemOfLog,
  setDamagedAside,
} from '../../../src/adapters/sqlite/data-folder.ts';
import { openDatabase } from '../../../src/adapters/sqlite/database.ts';
import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { stateOfFile } from '../../../src/adapters/sqlite/file-state.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import { toyEvent } from '../../support/toy-projections.ts';
import { temporaryFolder } from './temporary-log.ts';

const now = () => '2025-03-01T12:00:00.000Z';
const ASIDE = 'damaged-20250301T120000000Z';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

/** The message of a start. */
function refusal(): string {
  try {
    assertUsableLog(folder);
  } catch (error) {
    if (error instanceof UpstreamError) return error.message;
    throw error;
  }
  return 'none';
}

/** A log of that many events, after a clean stop. */
async function writeLog(events: number): Promise<string> {
  const path = file('log.db');
  const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
  for (let i = 0; i < events; i++) {
    const stream = `order-s1.${systemIds.uuid()}`;
    const { outcome } = await log.append(stream, 'no-stream', [toyEvent('s1', 'LineAdded')]);
    expect(outcome).toBe('done');
  }
  const logId = await log.logId();
  await log.close();
  return logId;
}

/** Read models, or processes, that have come to a position of a log. */
async function writeCheckpoint(name: string, logId: string, at: bigint): Promise<void> {
  const store = openSqliteReadStore(file(name));
  const to = { logId, position: { commit: at, prepare: at }, eventId: 'e' };
  await store.commit({ checkpoints: [{ name: 'feed', from: undefined, to }] });
  await store.close();
}

describe('a log that lost events', () => {
  it('is usable when nothing knows more, and when there is nothing at all', async () => {
    expect(problemOfLog(folder)).toBeUndefined();
    // A first start that ended before it created anything.
    writeFileSync(file('log.db'), '');
    expect(problemOfLog(folder)).toBeUndefined();
    const logId = await writeLog(3);
    expect(problemOfLog(folder)).toBeUndefined();
    await writeCheckpoint('documents.db', logId, 3n);
    await writeCheckpoint('hints.db', logId, 2n);
    expect(problemOfLog(folder)).toBeUndefined();
    // Read models of another log are rebuilt from this one.
    await writeCheckpoint('documents.db', 'another log', 12_000n);
    expect(problemOfLog(folder)).toBeUndefined();
  });

  it.each(['documents.db', 'hints.db'])('is refused when it ends before %s', async (name) => {
    await writeCheckpoint(name, await writeLog(10), 12_000n);
    expect(refusal()).toBe(
      `${file('log.db')} holds events up to 10, but ${name} has seen 12000: ` +
        'restore a backup with "tillstream restore <folder>", or start over with an empty DATA_DIR, ' +
        'or move documents.db and hints.db away to go on without the missing events',
    );
  });

  it.each(['documents.db', 'hints.db'])('is refused when only %s is left', async (name) => {
    await writeCheckpoint(name, await writeLog(3), 3n);
    const before = readFileSync(file(name));
    rmSync(file('log.db'));
    const problem = `${file('log.db')} is missing, but ${name} has seen events up to 3: restore`;
    expect(refusal()).toContain(problem);
    expect(existsSync(file('log.db'))).toBe(false);
    expect(readFileSync(file(name))).toEqual(before);

    writeFileSync(file('log.db'), '');
    expect(refusal()).toContain('log.db is empty, but');
    writeFileSync(file(name), 'no database'.repeat(99));
    expect(refusal()).toContain(`log.db is empty, but ${name} is there: restore`);
  });

  it('is refused when it was created again, without any event', async () => {
    await writeCheckpoint('documents.db', await writeLog(3), 3n);
    rmSync(file('log.db'));
    await writeLog(0);
    expect(refusal()).toContain('log.db holds no events, but documents.db has seen 3');
  });

  // SQLite drops the write-ahead log of a missing or empty file, and with it the events.
  it.each(['missing', 'empty'])('is refused when it is %s beside its WAL', async (how) => {
    await writeLog(3);
    const db = openDatabase(file('log.db'), 'full');
    db.exec("INSERT INTO meta (key, value) VALUES ('a', 'b')");
    copyFileSync(file('log.db-wal'), file('kept'));
    db.close();
    rmSync(file('log.db'));
    if (how === 'empty') writeFileSync(file('log.db'), '');
    copyFileSync(file('kept'), file('log.db-wal'));
    const { size } = statSync(file('log.db-wal'));
    expect(() => assertUsableLog(folder)).toThrow(UpstreamError);
    expect(refusal()).toContain(`log.db is ${how}, but log.db-wal holds events of it: `);
    expect(statSync(file('log.db-wal')).size).toBe(size);
  });
});

describe('a damaged file', () => {
  it.each([
    ['cut off', 'it was cut off: it has 2 of'],
    ['half a header', 'it is not a SQLite database'],
    ['text', 'it is not a SQLite database'],
    ['zeros in the middle', 'it is damaged ('],
  ])('is found: %s', async (how, reason) => {
    await writeLog(300);
    damage(file('log.db'), how);
    expect(refusal()).toContain(`${file('log.db')}: ${reason}`);
    expect(refusal()).toContain('restore a backup with "tillstream restore <folder>"');
  });

  it('is no file that a crash left in the middle of a checkpoint of its WAL', async () => {
    await writeLog(3);
    const db = openDatabase(file('log.db'), 'full');
    db.exec('CREATE TABLE filler (x)');
    for (let i = 0; i < 50; i++) db.exec('INSERT INTO filler VALUES (hex(randomblob(3000)))');
    // All of its pages are in the WAL; the first of them has come to the file.
    for (const name of ['log.db', 'log.db-wal']) copyFileSync(file(name), file(`copy-${name}`));
    db.close();
    copyFileSync(file('copy-log.db'), file('log.db'));
    copyFileSync(file('copy-log.db-wal'), file('log.db-wal'));
    expect(statSync(file('log.db-wal')).size).toBeGreaterThan(statSync(file('log.db')).size);
    expect(stateOfFile(file('log.db'))).toEqual({ state: 'whole' });
    expect(problemOfLog(folder)).toBeUndefined();
  });

  it.each(['documents.db', 'hints.db'])('is set aside, with its WAL: %s', async (name) => {
    await writeCheckpoint(name, await writeLog(3), 3n);
    damage(file(name), 'text');
    const damaged = readFileSync(file(name));
    writeFileSync(file(`${name}-wal`), 'its WAL');
    const notices = setDamagedAside(folder, now);
    expect(notices).toEqual([
      `${file(name)}: it is not a SQLite database. It is kept as ${file(name)}.${ASIDE}, ` +
        'and rebuilt from the log',
    ]);
    expect(readFileSync(`${file(name)}.${ASIDE}`)).toEqual(damaged);
    expect(existsSync(`${file(name)}.${ASIDE}-wal`)).toBe(true);
    expect(existsSync(file(name))).toBe(false);
    expect(existsSync(file(`${name}-wal`))).toBe(false);
    expect(setDamagedAside(folder, now)).toEqual([]);
  });

  it('is remembered for the next start when it is met in use', async () => {
    const path = file('documents.db');
    await writeCheckpoint('documents.db', 'log', 3n);
    const db = openDatabase(path, 'normal');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const store = openSqliteReadStore(path);
    const pages = readFileSync(path);
    // As a disk that returns other bytes than were written: each page but the first.
    writeFileSync(path, pages.fill(0xa5, 4_096));
    await expect(store.checkpoint('other')).rejects.toThrow(
      `${path} is damaged: restart Tillstream, which rebuilds it from the log`,
    );
    await store.close();
    expect(setDamagedAside(folder, now)).toHaveLength(1);
    expect(existsSync(`${path}.${ASIDE}`)).toBe(true);
    expect(existsSync(`${path}-damaged`)).toBe(false);
    expect(setDamagedAside(folder, now)).toEqual([]);
  });
});

function damage(path: string, how: string): void {
  const pageBytes = 4_096;
  if (how === 'cut off') truncateSync(path, 2 * pageBytes);
  if (how === 'half a header') truncateSync(path, 50);
  if (how === 'text') writeFileSync(path, 'no database, whatever its name says'.repeat(999));
  if (how === 'zeros in the middle') {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, 5 * pageBytes, 15 * pageBytes));
  }
}
