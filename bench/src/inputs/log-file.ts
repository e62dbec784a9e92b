import Libsql from 'libsql';

import { createEventLogSchema } from '../../../src/adapters/sqlite/event-log-schema.ts';

// The floor and the generator read and write the product's own tables with plain SQL. What they
// know of those tables stands in this file alone.

export const FIND_HEAD = `SELECT s.id, (SELECT max(revision) FROM events WHERE stream_id = s.id)
  FROM streams s WHERE s.name = ?`;

export const INSERT_STREAM = 'INSERT INTO streams (name, category) VALUES (?, ?)';

export const INSERT_EVENT = `INSERT INTO events
  (stream_id, revision, id, type, data, metadata, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)`;

export const READ_PAGE = `SELECT e.position, s.name, e.revision, e.type, e.data, e.metadata, e.recorded_at
  FROM events e JOIN streams s ON s.id = e.stream_id
  WHERE e.position > ? ORDER BY e.position LIMIT ?`;

export const READ_STREAM = `SELECT e.data, e.metadata
  FROM events e JOIN streams s ON s.id = e.stream_id WHERE s.name = ? ORDER BY e.revision`;

export const READ_DAYS = 'SELECT DISTINCT substr(recorded_at, 1, 10) FROM events';

export const DAY_ENDS = `SELECT min(position), max(position) FROM events
  WHERE substr(recorded_at, 1, 10) = ?`;

export const READ_DAY = `SELECT e.data, e.metadata, s.name, e.type, e.recorded_at
  FROM events e JOIN streams s ON s.id = e.stream_id
  WHERE e.position BETWEEN ? AND ? ORDER BY e.position`;

/** When each order placed after a position was placed and ended, and how. */
export const ORDER_ENDS = `SELECT placed.recorded_at, min(ended.recorded_at),
    CASE WHEN ended.type = 'OrderCancelled' THEN 'CANCELLED'
      ELSE json_extract(ended.data, '$.to') END AS status
  FROM events placed JOIN events ended ON ended.stream_id = placed.stream_id
  WHERE placed.position > ? AND placed.type = 'OrderPlaced' AND placed.revision = 0
    AND (ended.type = 'OrderCancelled' OR (ended.type = 'OrderStatusChanged'
      AND json_extract(ended.data, '$.to') IN ('CONFIRMED', 'PAYMENT_FAILED')))
  GROUP BY placed.stream_id`;

/** Appends (the events of one command in one stream), events, and bytes after a position. */
export const SAGA_WORK = `SELECT
    count(DISTINCT stream_id || ' ' || json_extract(metadata, '$.commandId')),
    count(*), sum(length(data) + length(metadata))
  FROM events WHERE position > ?`;

/** The time of the first event after a position, and of the newest. */
export const SPAN = 'SELECT min(recorded_at), max(recorded_at) FROM events WHERE position > ?';

export const CATEGORY = 'order';

/** A database in WAL mode, with the pragmas of the product's own. */
export function openFile(path: string, synchronous: 'FULL' | 'NORMAL' | 'OFF'): Libsql.Database {
  const db = new Libsql(path);
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma('cache_size = -65536');
  db.pragma('temp_store = MEMORY');
  return db;
}

/** An empty log as the product makes it. */
export function createLogFile(path: string, synchronous: 'FULL' | 'OFF'): Libsql.Database {
  const db = openFile(path, synchronous);
  createEventLogSchema(db, () => 'bench-log');
  return db;
}
