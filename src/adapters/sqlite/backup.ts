import { existsSync } from 'node:fs';

import { formatPosition } from '../../domain/kernel/position.ts';
import { isDamage, withFileName } from '../shared/file-errors.ts';
import { createPrivateFile } from '../shared/private-files.ts';
import { prepare, withDatabase } from './database.ts';
import { readMeta } from './event-log-schema.ts';
import { positionOf } from './event-rows.ts';

/** The content of a copy of a log. */
export interface LogContent {
  readonly logId: string;
  readonly events: number;
  readonly lastPosition: string;
  readonly lastRecordedAt?: string;
}

/**
 * Writes a complete, consistent copy of a database file into a new file, over a separate
 * connection: others can keep using the database meanwhile.
 * @throws Error when there is no such file.
 */
export function copyDatabase(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`expected a database at ${from}, found none`);
  try {
    // SQLite fills an existing empty file, and would let others read a new one.
    createPrivateFile(to);
  } catch (error) {
    throw withFileName(to, error);
  }
  withDatabase(from, 'full', (db) => {
    try {
      db.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`);
    } catch (error) {
      // A full disk is that of the copy.
      throw isDamage(error) ? error : withFileName(to, error);
    }
  });
}

/**
 * Checks the pages of a copy of a log, and that no stream has a gap.
 * @throws Error with what is wrong.
 */
export function checkLogCopy(path: string): LogContent {
  return withDatabase(path, 'full', (db) => {
    const [problem] = prepare(db, 'PRAGMA integrity_check').all()[0] ?? [];
    if (problem !== 'ok') throw new Error(`expected ${path} to be whole, found ${problem}`);
    const gaps = prepare(
      db,
      `SELECT s.name FROM streams s JOIN events e ON e.stream_id = s.id
       GROUP BY s.id HAVING max(e.revision) <> count(*) - 1 LIMIT 1`,
    ).all();
    if (gaps[0]) throw new Error(`expected every revision of ${gaps[0][0]}, found a gap`);
    const sums = 'SELECT count(*), max(position), max(recorded_at) FROM events';
    const [events, last, lastRecordedAt] = prepare(db, sums).all()[0] ?? [];
    return {
      logId: readMeta(db).get('log_id') ?? '',
      events: Number(events),
      lastPosition: formatPosition(positionOf(last === null ? -1 : Number(last))),
      ...(typeof lastRecordedAt === 'string' && { lastRecordedAt }),
    };
  });
}
