import { comparePositions, END, type Position, START } from '../../domain/kernel/position.ts';
import { MAX_COUNTED_EVENTS } from '../../ports/event-log.ts';
import type { EventLogReads } from './event-log-reads.ts';

/** Events in one read while they are counted. */
const PAGE = 1_000;

/** Counts the own events after a position, whose numbers are offsets in bytes here. */
export interface EventCounter {
  /** Stops at MAX_COUNTED_EVENTS. Rejects as the reads do. */
  countAfter(position: Position): Promise<number>;
}

/** The places of the newest own events, in order. */
interface Known {
  readonly places: Position[];
  /** Up to here the log was read. */
  end: Position;
  /** Whether there are older own events. */
  hasOlder: boolean;
}

/**
 * Remembers where the newest events are: each is read once, however many positions are asked for
 * and how often. Every read model and process is measured every few seconds, and reading the same
 * events for each of them kept the server from its work.
 */
export function createEventCounter({ readAll }: Pick<EventLogReads, 'readAll'>): EventCounter {
  let known: Known | undefined;
  let running: Promise<Known> | undefined;
  let next: Promise<Known> | undefined;

  async function readNewest(): Promise<Known> {
    const places: Position[] = [];
    let end: Position | undefined;
    let from = END;
    for (let hasOlder = true; hasOlder && places.length < MAX_COUNTED_EVENTS;) {
      const page = await readAll({ after: from, direction: 'backwards', limit: PAGE });
      for (const { position } of page.events) places.push(position);
      end ??= places[0];
      hasOlder = !page.atHead;
      from = page.position;
    }
    places.reverse();
    // The log is read on from the newest own event: what follows may be another application's.
    return { places, end: end ?? START, hasOlder: places.length >= MAX_COUNTED_EVENTS };
  }

  /** False when more has been added than is counted: then the newest are read again. */
  async function readOn(from: Known): Promise<boolean> {
    for (let added = 0; added < MAX_COUNTED_EVENTS;) {
      const page = await readAll({ after: from.end, limit: PAGE });
      for (const { position } of page.events) from.places.push(position);
      from.end = page.position;
      added += page.events.length;
      const tooMany = from.places.length - MAX_COUNTED_EVENTS;
      if (tooMany > 0) {
        from.places.splice(0, tooMany);
        from.hasOlder = true;
      }
      if (page.atHead) return true;
    }
    return false;
  }

  async function refresh(): Promise<Known> {
    if (!known || !(await readOn(known))) known = await readNewest();
    return known;
  }

  /** What was in the log when it was asked for: a read that is under way may miss the newest. */
  function fresh(): Promise<Known> {
    if (!running) {
      running = refresh().finally(() => (running = undefined));
      return running;
    }
    const afterThis = () => {
      next = undefined;
      return fresh();
    };
    next ??= running.then(afterThis, afterThis);
    return next;
  }

  return {
    async countAfter(position) {
      const { places, hasOlder } = await fresh();
      const first = firstAfter(places, position);
      return first === 0 && hasOlder ? MAX_COUNTED_EVENTS : places.length - first;
    },
  };
}

/** Index of the first place after the position. */
function firstAfter(places: readonly Position[], position: Position): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePositions(places[middle] ?? END, position) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
