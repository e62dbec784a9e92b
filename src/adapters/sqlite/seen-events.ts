import { statSync } from 'node:fs';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import { parsePosition } from '../../domain/kernel/position.ts';
import { isDamage } from '../shared/file-errors.ts';
import { type Database, prepare, withDatabase } from './database.ts';
import { readMeta } from './event-log-schema.ts';

/** How far a file says that a log went. */
export interface SeenEvents {
  readonly logId: string;
  /** Position of the last event. */
  readonly last: bigint;
}

/** The end of a log; undefined when the file holds no event. */
export function endOfLog(path: string): SeenEvents | undefined {
  return withDatabase(path, 'full', (db) => {
    if (!hasTable(db, 'meta') || !hasTable(db, 'events')) return undefined;
    const last = prepare(db, 'SELECT max(position) FROM events').all()[0]?.[0];
    if (last === null || last === undefined) return undefined;
    return { logId: readMeta(db).get('log_id') ?? '', last: BigInt(last) };
  });
}

/**
 * The furthest event of each log that the checkpoints of a read store include; none when there is
 * no file or a damaged one.
 */
export function seenByCheckpoints(path: string): SeenEvents[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || found.size === 0) return [];
  try {
    return readCheckpoints(path);
  } catch (error) {
    if (error instanceof UpstreamError && isDamage(error.cause)) return [];
    throw error;
  }
}

function readCheckpoints(path: string): SeenEvents[] {
  return withDatabase(path, 'normal', (db) => {
    if (!hasTable(db, 'checkpoints')) return [];
    const furthest = new Map<string, bigint>();
    for (const [logId, text] of prepare(db, 'SELECT log_id, position FROM checkpoints').all()) {
      const position = parsePosition(String(text))?.commit ?? -1n;
      const before = furthest.get(String(logId)) ?? -1n;
      if (position > before) furthest.set(String(logId), position);
    }
    return [...furthest].map(([logId, last]) => ({ logId, last }));
  });
}

function hasTable(db: Database, name: string): boolean {
  const tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
  return prepare(db, tables).all(name).length > 0;
}
