import type { EventMetadata, RecordedEvent } from '../../domain/kernel/event.ts';
import { type Position, START } from '../../domain/kernel/position.ts';
import type { AllPage, AllRead, StreamRead } from '../../ports/event-log.ts';
import { type Database, prepare, type Row, type Statement } from './database.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_STREAM_LIMIT = 1_000;
const MAX_ALL_LIMIT = 20_000;
/** Events that one read of the whole log scans for rare categories before it reports progress. */
const SCAN_WINDOW = 50_000;

const COLUMNS = `e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata, e.recorded_at`;
const FROM = `FROM events e JOIN streams s ON s.id = e.stream_id`;

export function positionOf(number: number): Position {
  const commit = BigInt(number);
  return { commit, prepare: commit };
}

function toEvent(row: Row): RecordedEvent {
  return {
    position: positionOf(row[0] as number),
    stream: row[1] as string,
    revision: row[2] as number,
    id: row[3] as string,
    type: row[4] as string,
    data: JSON.parse(row[5] as string) as unknown,
    metadata: JSON.parse(row[6] as string) as EventMetadata,
    recordedAt: row[7] as string,
  };
}

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
  const newest = prepare(db, 'SELECT max(position) FROM events');
  const allByCategories = new Map<string, Statement>();

  /** Events above the first parameter, up to and with the second. */
  const allStatement = (
    categories: readonly string[] | undefined,
    direction: 'ASC' | 'DESC',
  ): Statement => {
    const key = `${direction} ${categories ? categories.join(',') : '*'}`;
    let statement = allByCategories.get(key);
    if (!statement) {
      const marks = categories?.map(() => '?').join(', ');
      const filter = categories ? `AND s.category IN (${marks})` : '';
      statement = prepare(
        db,
        `SELECT ${COLUMNS} ${FROM} WHERE e.position > ? AND e.position <= ? ${filter}
         ORDER BY e.position ${direction} LIMIT ?`,
      );
      allByCategories.set(key, statement);
    }
    return statement;
  };
  function readBackwards({ after, categories, limit = DEFAULT_LIMIT }: AllRead): AllPage {
    const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
    const below = Math.min(Number(after.commit), head() + 1);
    const above = Math.max(-1, below - 1 - SCAN_WINDOW);
    const events = allStatement(categories, 'DESC')
      .all(above, below - 1, ...(categories ?? []), maxEvents)
      .map(toEvent);
    const last = events.at(-1);
    const full = events.length === maxEvents;
    const reached = full && last ? Number(last.position.commit) : above + 1;
    return {
      events,
      position: below <= 0 ? START : positionOf(reached),
      atHead: reached <= 0 || below <= 0,
    };
  }

  const head = () => (newest.all()[0]?.[0] as number | null) ?? -1;

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
    readAll(options) {
      if (options.direction === 'backwards') return readBackwards(options);
      const { after, categories, limit = DEFAULT_LIMIT } = options;
      const from = Number(after.commit);
      const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
      const newestNow = head();
      const upTo = Math.min(newestNow, Math.max(from, 0) + SCAN_WINDOW);
      const events = allStatement(categories, 'ASC')
        .all(from, upTo, ...(categories ?? []), maxEvents)
        .map(toEvent);
      const last = events.at(-1);
      const full = events.length === maxEvents;
      const reached = full && last ? Number(last.position.commit) : Math.max(from, upTo);
      return {
        events,
        position: reached < 0 ? START : positionOf(reached),
        atHead: reached >= newestNow,
      };
    },
    readAt(position) {
      const row = atPosition.all(position)[0];
      return row && toEvent(row);
    },
  };
}
