import type { RecordedEvent } from '../domain/kernel/event.ts';
import { categoryOf } from '../domain/kernel/names.ts';
import { comparePositions, type Position } from '../domain/kernel/position.ts';
import type { AllPage, EventLog } from '../ports/event-log.ts';

/** Pages that are kept for readers a little behind the first one. */
const MAX_PAGES = 24;
/** Fewer readers read only what they need, which the log finds faster than all of it. */
const FEWEST_READERS = 3;

/** One of those who read the log at the same time. */
export interface PageReader {
  /** The next events of its categories; see `EventLog.readAll`. */
  readonly read: (after: Position) => Promise<AllPage>;
  /** Call when it reads no more, or when what it read is in doubt. */
  leave(): void;
}

export interface SharedPages {
  enter(categories: readonly string[]): PageReader;
}

export interface SharedPagesOptions {
  /** Events in one page. */
  readonly pageEvents: number;
  /** Those of all readers together. */
  readonly categories: readonly string[];
}

interface Place {
  readonly categories: readonly string[];
  after: Position | undefined;
}

interface Kept {
  readonly from: Position;
  readonly page: AllPage;
  /** The category of each of its events. */
  readonly categories: readonly string[];
}

/**
 * Lets readers that go through the log side by side share its pages, so that each event is read and
 * decoded once and not once for each of them. A reader that is alone, or too far behind the others,
 * reads its categories by itself.
 */
export function createSharedPages(
  log: Pick<EventLog, 'readAll'>,
  { pageEvents, categories }: SharedPagesOptions,
): SharedPages {
  const places = new Set<Place>();
  let kept: Kept[] = [];
  /** The read of the page after the last one that is kept. */
  let coming: { readonly after: Position; readonly page: Promise<AllPage> } | undefined;

  const alone = (place: Place, after: Position) =>
    log.readAll({ after, limit: pageEvents, categories: place.categories });

  const keptFor = (after: Position) =>
    kept.find(
      ({ from, page }) =>
        comparePositions(from, after) <= 0 && comparePositions(after, page.position) < 0,
    );

  /** Whether the page after this position is the next to share. */
  function leads(after: Position): boolean {
    const [first] = kept;
    const last = kept.at(-1);
    if (!first || !last) return true;
    if (comparePositions(after, last.page.position) === 0) return true;
    const positions = [...places].flatMap((place) => place.after ?? []);
    const behind = positions.filter((each) => comparePositions(each, first.from) < 0).length;
    // Most of them are further back: the pages that are kept are of no use there.
    if (comparePositions(after, first.from) >= 0 || behind * 2 <= places.size) return false;
    kept = [];
    return true;
  }

  async function readNext(after: Position): Promise<AllPage> {
    const page = await log.readAll({ after, limit: pageEvents, categories });
    // At the head more may come at any time, and a later reader would miss it.
    if (page.atHead) return page;
    kept.push({
      ...{ from: after, page },
      categories: page.events.map(({ stream }) => categoryOf(stream)),
    });
    if (kept.length > MAX_PAGES) kept.shift();
    return page;
  }

  async function read(place: Place, after: Position): Promise<AllPage> {
    place.after = after;
    const found = keptFor(after);
    if (found) return partOf(found, place, after);
    if (places.size < FEWEST_READERS) return alone(place, after);
    if (coming) {
      const isSame = comparePositions(coming.after, after) === 0;
      await coming.page.catch(() => undefined);
      const arrived = isSame ? keptFor(after) : undefined;
      return arrived ? partOf(arrived, place, after) : alone(place, after);
    }
    if (!leads(after)) return alone(place, after);
    const page = readNext(after).finally(() => {
      coming = undefined;
    });
    coming = { after, page };
    const { events, ...rest } = await page;
    const wanted = new Set(place.categories);
    return { ...rest, events: events.filter(({ stream }) => wanted.has(categoryOf(stream))) };
  }

  return {
    enter(own) {
      const place: Place = { categories: own, after: undefined };
      places.add(place);
      return {
        read: (after) => read(place, after),
        leave() {
          places.delete(place);
          if (places.size === 0) kept = [];
        },
      };
    },
  };
}

function partOf({ page, categories }: Kept, place: Place, after: Position): AllPage {
  const wanted = new Set(place.categories);
  const isPart = (event: RecordedEvent, i: number) =>
    wanted.has(categories[i] as string) && comparePositions(event.position, after) > 0;
  return { ...page, events: page.events.filter(isPart) };
}
