import { LRUCache } from 'lru-cache';

import { categoryOf } from '../../domain/kernel/names.ts';
import { START } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome, ExpectedRevision } from '../../ports/event-log.ts';
import { unavailable } from '../shared/append-outcomes.ts';
import { withFileName } from '../shared/file-errors.ts';
import { type Database, prepare } from './database.ts';
import { positionOf } from './event-rows.ts';

const MAX_CACHED_HEADS = 50_000;
/** Rows per insert statement: each call into the library costs more than a row. */
const INSERT_BATCH_SIZE = 16;
const COLUMNS = 8;

interface SerialisedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  /** The original time of an event that is imported from another log. */
  readonly recordedAt: string | undefined;
}

/**
 * An append whose events are serialised already, so that its size is known before it is queued.
 */
export interface SerialisedAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly SerialisedEvent[];
}

interface Head {
  readonly streamId: number;
  readonly revision: number;
}

export interface EventLogWrites {
  /**
   * Appends a group in one transaction, which checks each: a conflict fails only its own append.
   * A failure before COMMIT is `failed` for all, one during COMMIT `unknown` for all.
   */
  appendGroup(group: readonly SerialisedAppend[]): AppendOutcome[];
}

export function createWrites(db: Database, clock: Clock, path: string): EventLogWrites {
  const findStream = prepare(
    db,
    `SELECT s.id, (SELECT max(revision) FROM events WHERE stream_id = s.id)
     FROM streams s WHERE s.name = ?`,
  );
  const insertStream = prepare(db, 'INSERT INTO streams (name, category) VALUES (?, ?)');
  const insertOne = prepare(db, insertSql(1));
  const insertMany = prepare(db, insertSql(INSERT_BATCH_SIZE));
  const lastPosition = prepare(db, "SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const storedIds = prepare(
    db,
    `SELECT id, position FROM events
     WHERE stream_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
  );
  const newestRecorded = prepare(
    db,
    'SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1',
  );
  const begin = prepare(db, 'BEGIN IMMEDIATE');

  /** Committed heads. This instance is the only writer of the file, so they stay valid. */
  const heads = new LRUCache<string, Head>({ max: MAX_CACHED_HEADS });

  /** The last committed position; undefined when it must be queried. */
  let committed: number | undefined;
  let lastRecordedAt = String(newestRecorded.all()[0]?.[0] ?? '');

  /** Rows of the group that are not inserted yet, and the last position assigned. */
  let waiting: (string | number)[][] = [];
  let position = 0;

  /** Never earlier than the previous event, even when the clock steps back. */
  function nextRecordedAt(): string {
    const now = new Date(clock.now()).toISOString();
    if (now > lastRecordedAt) lastRecordedAt = now;
    return lastRecordedAt;
  }

  function insertWaiting(): void {
    const rows = waiting;
    waiting = [];
    let next = 0;
    for (; next + INSERT_BATCH_SIZE <= rows.length; next += INSERT_BATCH_SIZE) {
      insertMany.run(...rows.slice(next, next + INSERT_BATCH_SIZE).flat());
    }
    for (const row of rows.slice(next)) insertOne.run(...row);
  }

  function headOf(stream: string, inGroup: Map<string, Head>): Head | undefined {
    const known = inGroup.get(stream) ?? heads.get(stream);
    if (known) return known;
    const row = findStream.all(stream)[0];
    if (!row) return undefined;
    const head = { streamId: row[0] as number, revision: (row[1] as number | null) ?? -1 };
    inGroup.set(stream, head);
    return head;
  }

  /** Repeats the first outcome when the same ids are stored where these events belong. */
  function outcomeOfRepeat(append: SerialisedAppend, head: Head): AppendOutcome | undefined {
    const from = append.expected === 'no-stream' ? -1 : append.expected;
    const count = append.events.length;
    if (count === 0 || head.revision < from + count) return undefined;
    insertWaiting();
    const rows = storedIds.all(head.streamId, from, count);
    const same = rows.length === count && rows.every(([id], i) => id === append.events[i]?.id);
    if (!same) return undefined;
    const position = positionOf(rows.at(-1)?.[1] as number);
    return { outcome: 'done', revision: from + count, position };
  }

  function appendOne(
    append: SerialisedAppend,
    recordedAt: string,
    inGroup: Map<string, Head>,
  ): AppendOutcome {
    const head = headOf(append.stream, inGroup);
    const actual = head?.revision ?? -1;
    const expected = append.expected === 'no-stream' ? -1 : append.expected;
    if (actual !== expected) {
      const repeated = head && outcomeOfRepeat(append, head);
      return repeated ?? { outcome: 'conflict', actual: actual < 0 ? 'no-stream' : actual };
    }
    if (append.events.length === 0) {
      return { outcome: 'done', revision: actual, position: START };
    }
    const streamId =
      head?.streamId ?? insertStream.run(append.stream, categoryOf(append.stream)).lastInsertRowid;
    let revision = actual;
    for (const { id, type, data, metadata, recordedAt: firstRecordedAt } of append.events) {
      revision += 1;
      position += 1;
      const time = firstRecordedAt ?? recordedAt;
      waiting.push([position, streamId, revision, id, type, data, metadata, time]);
    }
    inGroup.set(append.stream, { streamId, revision });
    return { outcome: 'done', revision, position: positionOf(position) };
  }

  function rollBack(): void {
    heads.clear();
    committed = undefined;
    if (db.inTransaction) db.exec('ROLLBACK');
  }

  return {
    appendGroup(group) {
      const recordedAt = nextRecordedAt();
      const inGroup = new Map<string, Head>();
      let outcomes: AppendOutcome[];
      try {
        begin.run();
        waiting = [];
        committed ??= Number(lastPosition.all()[0]?.[0] ?? 0);
        position = committed;
        outcomes = group.map((append) => appendOne(append, recordedAt, inGroup));
        insertWaiting();
      } catch (error) {
        rollBack();
        const named = withFileName(path, error) as Error;
        return group.map(() => unavailable(named));
      }
      try {
        // Not a prepared statement: a failed one keeps its read snapshot until its next run, and
        // with an old snapshot no transaction can begin.
        db.exec('COMMIT');
      } catch (error) {
        rollBack();
        const named = withFileName(path, error) as Error;
        return group.map(() => ({ outcome: 'unknown', error: named }));
      }
      committed = position;
      for (const [stream, head] of inGroup) heads.set(stream, head);
      return outcomes;
    },
  };
}

/** Positions are assigned explicitly: those of a group are consecutive. */
function insertSql(rows: number): string {
  const row = `(${Array.from({ length: COLUMNS }, () => '?').join(', ')})`;
  return `INSERT INTO events
    (position, stream_id, revision, id, type, data, metadata, recorded_at)
    VALUES ${Array.from({ length: rows }, () => row).join(', ')}`;
}
