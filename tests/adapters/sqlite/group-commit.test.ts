import { openDatabase } from '../../../src/adapters/sqlite/database.ts';
import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { AppendOutcome } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  follow,
  numbersOf,
  range,
  someEvent,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import { openTemporaryLog, type TemporaryLog } from './temporary-log.ts';
import { countCommits } from './wal.ts';

/** The limits of the adapter: appends per commit, and queued appends. */
const MAX_GROUP = 512;
const MAX_QUEUED_APPENDS = 10_000;

/** Breaks the COMMIT of every transaction that holds such an event, by a deferred foreign key. */
const BREAK_COMMIT = `
  CREATE TABLE IF NOT EXISTS broken (
    stream_id INTEGER REFERENCES streams (id) DEFERRABLE INITIALLY DEFERRED);
  CREATE TRIGGER break_commit AFTER INSERT ON events WHEN new.type = 'BreaksCommit'
  BEGIN INSERT INTO broken VALUES (-1); END`;

/** Fails the insert of such an event, in the middle of its transaction. */
const BREAK_INSERT = `
  CREATE TRIGGER break_insert BEFORE INSERT ON events WHEN new.type = 'BreaksInsert'
  BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END`;

describe('group commit of the SQLite event log', () => {
  let opened: TemporaryLog;
  beforeEach(() => {
    opened = openTemporaryLog();
  });
  afterEach(() => opened.destroy());

  /** Runs SQL over a second connection, which the product never does. */
  function meddle(sql: string): void {
    const db = openDatabase(opened.path, 'full');
    db.exec(sql);
    db.close();
  }

  function appendAll(batches: ReadonlyMap<string, readonly NewEvent[]>): Promise<AppendOutcome[]> {
    return Promise.all(
      [...batches].map(([stream, batch]) => opened.log.append(stream, 'no-stream', batch)),
    );
  }

  /** Ten appends of two events, the middle one with an event of the given type. */
  function batchesWith(type: string): Map<string, readonly NewEvent[]> {
    const category = uniqueCategory();
    return new Map(
      range(10).map((i) => [
        uniqueStream(category),
        [someEvent({ n: i }), someEvent({ n: i }, i === 5 ? { type } : {})],
      ]),
    );
  }

  it('commits appends that arrive together in one transaction', async () => {
    const before = countCommits(opened.path);
    await Promise.all(
      range(100).map(() => appendDone(opened.log, uniqueStream(), 'no-stream', someEvents(1))),
    );
    expect(countCommits(opened.path) - before).toBe(1);
  });

  it('commits consecutive appends one by one', async () => {
    const before = countCommits(opened.path);
    for (const _ of range(5)) {
      await appendDone(opened.log, uniqueStream(), 'no-stream', someEvents(1));
    }
    expect(countCommits(opened.path) - before).toBe(5);
  });

  it('bounds how many appends share a transaction', async () => {
    const before = countCommits(opened.path);
    await Promise.all(
      range(MAX_GROUP + 1).map(() =>
        appendDone(opened.log, uniqueStream(), 'no-stream', someEvents(1)),
      ),
    );
    expect(countCommits(opened.path) - before).toBe(2);
  });

  it('fails only the append that conflicts and commits the rest of its group', async () => {
    const taken = uniqueStream();
    await appendDone(opened.log, taken, 'no-stream', someEvents(1));
    const streams = [uniqueStream(), taken, uniqueStream()];
    const before = countCommits(opened.path);
    const outcomes = await Promise.all(
      streams.map((stream) => opened.log.append(stream, 'no-stream', someEvents(1))),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'conflict', 'done']);
    expect(countCommits(opened.path) - before).toBe(1);
  });

  it('continues a stream within one group', async () => {
    const stream = uniqueStream();
    const batch = someEvents(2, 1);
    const outcomes = await Promise.all([
      opened.log.append(stream, 'no-stream', someEvents(1)),
      opened.log.append(stream, 0, batch),
      opened.log.append(stream, 0, batch),
      opened.log.append(stream, 0, someEvents(1, 9)),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'conflict']);
    expect(outcomes[2]).toEqual(outcomes[1]);
    expect(numbersOf(await opened.log.readStream(stream))).toEqual([0, 1, 2]);
  });

  it('rejects appends beyond the queue limit, and completes the queued ones', async () => {
    const stream = uniqueStream();
    const waiting = range(MAX_QUEUED_APPENDS - 1).map(() =>
      opened.log.append(stream, 'no-stream', []),
    );
    const last = opened.log.append(stream, 'no-stream', someEvents(1));
    const refused = await opened.log.append(stream, 'no-stream', someEvents(1));
    expect(refused).toMatchObject({ outcome: 'failed', reason: 'unavailable', retryable: true });
    const outcomes = await Promise.all([...waiting, last]);
    expect(outcomes.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(await opened.log.readStream(stream)).toHaveLength(1);
    await appendDone(opened.log, stream, 0, someEvents(1));
  });

  it('reports a whole group as unknown when COMMIT fails, and stores it once on a repeat', async () => {
    meddle(BREAK_COMMIT);
    const batches = batchesWith('BreaksCommit');
    const outcomes = await appendAll(batches);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(range(10).map(() => 'unknown'));
    meddle('DROP TRIGGER break_commit');
    const again = await appendAll(batches);
    expect(again.map(({ outcome }) => outcome)).toEqual(range(10).map(() => 'done'));
    expect(await appendAll(batches)).toEqual(again);
    for (const [stream, batch] of batches) {
      const events = await opened.log.readStream(stream);
      expect(events.map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
    }
  });

  it('reports a whole group as failed when an insert fails, and then works again', async () => {
    meddle(BREAK_INSERT);
    const batches = batchesWith('BreaksInsert');
    const outcomes = await appendAll(batches);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ outcome: 'failed', reason: 'unavailable', retryable: true });
    }
    expect(await opened.log.head()).toEqual(START);
    meddle('DROP TRIGGER break_insert');
    const again = await appendAll(batches);
    expect(again.map(({ outcome }) => outcome)).toEqual(range(10).map(() => 'done'));
    for (const stream of batches.keys()) {
      expect(await opened.log.readStream(stream)).toHaveLength(2);
    }
  });

  it('forgets the revisions of a group that failed', async () => {
    const stream = uniqueStream();
    await appendDone(opened.log, stream, 'no-stream', someEvents(1));
    meddle(BREAK_COMMIT);
    const broken = [someEvent({ n: 1 }, { type: 'BreaksCommit' }), ...someEvents(3, 2)];
    expect(await opened.log.append(stream, 0, broken)).toMatchObject({ outcome: 'unknown' });
    const ahead = await opened.log.append(stream, 4, someEvents(1, 9));
    expect(ahead).toEqual({ outcome: 'conflict', actual: 0 });
    await appendDone(opened.log, stream, 0, someEvents(1, 1));
    expect(numbersOf(await opened.log.readStream(stream))).toEqual([0, 1]);
  });

  it('shows subscribers nothing of a group that failed', async () => {
    const category = uniqueCategory();
    meddle(BREAK_COMMIT);
    const follower = follow(opened.log, { after: START, categories: [category] });
    await follower.until(() => follower.messages.length > 0);
    const broken = [someEvent({ n: 1 }, { type: 'BreaksCommit' })];
    await opened.log.append(uniqueStream(category), 'no-stream', broken);
    await appendDone(opened.log, uniqueStream(category), 'no-stream', someEvents(1, 2));
    await follower.until(() => follower.events.length > 0);
    expect(numbersOf(follower.events)).toEqual([2]);
    await follower.stop();
  });
});
