import { START } from '../../domain/kernel/position.ts';
import { type AllPage, type AllRead, MAX_PAGE_BYTES } from '../../ports/event-log.ts';
import { type Database, prepare, type Statement } from './database.ts';
import type { TailSource } from './event-log-tail.ts';
import { COLUMNS, FROM, positionOf, toEvent } from './event-rows.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_ALL_LIMIT = 20_000;
/** Events that one read of the whole log scans for rare categories before it reports progress. */
const SCAN_WINDOW = 50_000;
/** So few events fit into memory, however large they are. */
const FEW_EVENTS = 4;

const SIZES = 'octet_length(e.data) + octet_length(e.metadata) AS bytes';

/** What is read of a range of events. */
type Selected = 'events' | 'sizes' | 'total size';
const QUERIES: Readonly<Record<Selected, (range: string) => string>> = {
  events: (range) => `SELECT ${COLUMNS} ${range}`,
  sizes: (range) => `SELECT ${SIZES} ${range}`,
  'total size': (range) => `SELECT sum(bytes) FROM (SELECT ${SIZES} ${range})`,
};

/** The whole log page by page. */
export function createPages(db: Database): TailSource {
  const newest = prepare(db, 'SELECT max(position) FROM events');
  const statement = createStatements(db);

  const head = () => (newest.all()[0]?.[0] as number | null) ?? -1;

  function backwards({ after, categories, limit = DEFAULT_LIMIT }: AllRead): AllPage {
    const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
    const below = Math.min(Number(after.commit), head() + 1);
    const above = Math.max(-1, below - 1 - SCAN_WINDOW);
    const events = statement('events', categories, 'DESC')
      .all(above, below - 1, ...(categories ?? []), maxEvents)
      .map(toEvent);
    const last = events.at(-1);
    const complete = events.length === maxEvents;
    const reached = complete && last ? Number(last.position.commit) : above + 1;
    return {
      events,
      position: below <= 0 ? START : positionOf(reached),
      atHead: reached <= 0 || below <= 0,
    };
  }

  /** How many of the next events fit into a page; the first one always does. */
  function fitting(maxEvents: number, ...parameters: (string | number)[]): number {
    if (maxEvents <= FEW_EVENTS) return maxEvents;
    const [from = 0, upTo = 0, ...categories] = parameters;
    const named = categories.length > 0 ? (categories as string[]) : undefined;
    const range = [from, upTo, ...categories, maxEvents];
    // Nearly every page fits, and its sum is one row instead of one for each event.
    const [total] = statement('total size', named, 'ASC').all(...range)[0] ?? [];
    if (Number(total) <= MAX_PAGE_BYTES) return maxEvents;
    const sizes = statement('sizes', named, 'ASC').all(...range);
    let bytes = 0;
    const tooMany = sizes.findIndex(([size]) => (bytes += Number(size)) > MAX_PAGE_BYTES);
    return tooMany < 0 ? maxEvents : Math.max(1, tooMany);
  }

  function forwards({ after, categories, limit = DEFAULT_LIMIT }: AllRead): AllPage {
    const from = Number(after.commit);
    const newestNow = head();
    const upTo = Math.min(newestNow, Math.max(from, 0) + SCAN_WINDOW);
    const allowed = Math.min(limit, MAX_ALL_LIMIT);
    const maxEvents = fitting(allowed, from, upTo, ...(categories ?? []));
    const events = statement('events', categories, 'ASC')
      .all(from, upTo, ...(categories ?? []), maxEvents)
      .map(toEvent);
    const last = events.at(-1);
    const complete = events.length === maxEvents;
    const reached = complete && last ? Number(last.position.commit) : Math.max(from, upTo);
    return {
      events,
      position: reached < 0 ? START : positionOf(reached),
      atHead: reached >= newestNow,
      ...(maxEvents < allowed && { full: true }),
    };
  }

  return {
    head,
    between(from, upTo, maxBytes) {
      const range = [from, upTo, upTo - from];
      const [total] = statement('total size', undefined, 'ASC').all(...range)[0] ?? [];
      const bytes = Number(total);
      if (bytes > maxBytes) return undefined;
      return {
        events: statement('events', undefined, 'ASC')
          .all(...range)
          .map(toEvent),
        bytes,
      };
    },
    read: (options) => (options.direction === 'backwards' ? backwards(options) : forwards(options)),
  };
}

type StatementFor = (
  selected: Selected,
  categories: readonly string[] | undefined,
  direction: 'ASC' | 'DESC',
) => Statement;

/** Statements over the events above the first parameter, up to and with the second. */
function createStatements(db: Database): StatementFor {
  const statements = new Map<string, Statement>();
  return (selected, categories, direction) => {
    const key = `${selected} ${direction} ${categories ? categories.join(',') : '*'}`;
    const known = statements.get(key);
    if (known) return known;
    const marks = categories?.map(() => '?').join(', ');
    const filter = categories ? `AND s.category IN (${marks})` : '';
    const created = prepare(
      db,
      QUERIES[selected](
        `${FROM} WHERE e.position > ? AND e.position <= ? ${filter}
         ORDER BY e.position ${direction} LIMIT ?`,
      ),
    );
    statements.set(key, created);
    return created;
  };
}
