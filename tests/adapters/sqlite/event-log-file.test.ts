import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { openDatabase, prepare } from '../../../src/adapters/sqlite/database.ts';
import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { comparePositions, START } from '../../../src/domain/kernel/position.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import {
  appendDone,
  follow,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import { openTemporaryLog, temporaryFolder } from './temporary-log.ts';

/** More foreign events than one read of the whole log scans. */
const MANY = 50_400;

function clockAt(time: string): Clock {
  return { ...systemClock, now: () => Date.parse(time) };
}

function tablesOf(path: string): string[] {
  const db = openDatabase(path, 'full');
  const rows = prepare(db, `SELECT name FROM sqlite_master WHERE type = 'table'`).all();
  db.close();
  return rows.map(([name]) => String(name)).sort();
}

describe('the file of the SQLite event log', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes each commit durable before it returns', () => {
    const db = openDatabase(join(folder, 'any.db'), 'full');
    expect(prepare(db, 'PRAGMA journal_mode').all()).toEqual([['wal']]);
    expect(prepare(db, 'PRAGMA synchronous').all()).toEqual([[2]]);
    db.close();
  });

  it('rejects a file of a newer schema without changing it', () => {
    const path = join(folder, 'log.db');
    const db = openDatabase(path, 'full');
    db.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
             INSERT INTO meta VALUES ('log_id', 'of-tomorrow'), ('schema_version', '2');`);
    db.close();
    const open = () => openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
    expect(open).toThrow(/schema 1 or older, found 2/);
    expect(tablesOf(path)).toEqual(['meta']);
  });

  it('ends a page before its events take more than 4 MiB', async () => {
    const opened = openTemporaryLog();
    const category = uniqueCategory();
    const large = () => someEvents(1).map((event) => ({ ...event, data: 'x'.repeat(900_000) }));
    for (let i = 0; i < 6; i++) {
      await appendDone(opened.log, uniqueStream(category), 'no-stream', large());
    }
    const first = await opened.log.readAll({ after: START, categories: [category] });
    expect(first).toMatchObject({ full: true, atHead: false });
    expect(first.events).toHaveLength(4);
    const second = await opened.log.readAll({ after: first.position, categories: [category] });
    expect(second).toMatchObject({ atHead: true });
    expect(second.events).toHaveLength(2);
    await opened.destroy();
  });

  it('never records a time before that of the previous event, whatever the clock does', async () => {
    const opened = openTemporaryLog(clockAt('2025-03-01T12:00:00.000Z'));
    const [stream, later] = [uniqueStream(), uniqueStream()];
    await appendDone(opened.log, stream, 'no-stream', someEvents(1));
    await opened.log.close();
    const log = await opened.reopen(clockAt('2025-03-01T11:00:00.000Z'));
    await appendDone(log, later, 'no-stream', someEvents(1));
    const events = [...(await log.readStream(stream)), ...(await log.readStream(later))];
    const times = events.map(({ recordedAt }) => recordedAt);
    expect(times).toEqual(['2025-03-01T12:00:00.000Z', '2025-03-01T12:00:00.000Z']);
    await opened.destroy();
  });

  it('reports progress past many foreign events to a filtered subscription', async () => {
    const opened = openTemporaryLog();
    let position = await opened.log.head();
    for (let n = 0; n < MANY; n += 2_800) {
      const batch = someEvents(2_800, n);
      ({ position } = await appendDone(opened.log, uniqueStream(), 'no-stream', batch));
    }
    const category = uniqueCategory();
    await appendDone(opened.log, uniqueStream(category), 'no-stream', someEvents(1));
    const after = { commit: 0n, prepare: 0n };
    const follower = follow(opened.log, { after, categories: [category] });
    await follower.until(() => follower.events.length > 0);
    const [first] = follower.messages;
    expect(first?.kind).toBe('progress');
    expect(comparePositions(follower.position, position)).toBe(1);
    await follower.stop();
    await opened.destroy();
  });
});
