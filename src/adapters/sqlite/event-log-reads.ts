import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { AllPage, AllRead, StreamRead } from '../../ports/event-log.ts';
import { type Database, prepare } from './database.ts';
import { createPages } from './event-log-pages.ts';
import { createTail } from './event-log-tail.ts';
import { COLUMNS, FROM, toEvent } from './event-rows.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_STREAM_LIMIT = 1_000;

export interface EventLogReads {
  readStream(stream: string, options: StreamRead): RecordedEvent[];
  readAll(options: AllRead): AllPage;
  readAt(position: number): RecordedEvent | undefined;
  head(): number;
  /** Positions are dense, from 1 on. */
  countAfter(position: number): number;
}

/** Reads over one connection; each call sees one consistent state of the log. */
export function createReads(db: Database): EventLogReads {
  const forwards = prepare(
    db,
    `SELECT ${COLUMNS} ${FROM} WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`,
  );
  const backwards = prepare(
    db,
    `SELECT ${COLUMNS} ${FROM} WHERE s.name = ? AND e.revision <= ? ORDER BY e.revision DESC LIMIT ?`,
  );
  const atPosition = prepare(db, `SELECT ${COLUMNS} ${FROM} WHERE e.position = ?`);
  const pages = createPages(db);
  const tail = createTail(pages);
  const head = () => pages.head();

  return {
    head,
    countAfter: (position) => Math.max(0, head() - Math.max(0, position)),
    readStream(stream, { from, direction = 'forwards', limit = DEFAULT_LIMIT }) {
      const maxEvents = Math.min(limit, MAX_STREAM_LIMIT);
      const rows =
        direction === 'forwards'
          ? forwards.all(stream, from ?? 0, maxEvents)
          : backwards.all(stream, from ?? Number.MAX_SAFE_INTEGER, maxEvents);
      return rows.map(toEvent);
    },
    readAll: (options) => tail.read(options),
    readAt(position) {
      const row = atPosition.all(position)[0];
      return row && toEvent(row);
    },
  };
}
