import type { CacheKey } from '../../domain/kernel/names.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { Invalidated } from '../../ports/cache.ts';
import type { CacheSource } from './cache-entry.ts';

/** A read under way that others may join. */
interface Flight extends CacheSource {
  readonly text: Promise<string>;
}

/** Reads under way, one for each key. Bounded by the requests in progress. */
export interface Flights {
  /** One that read no earlier than the position, from the same source. */
  find(
    key: CacheKey,
    source: CacheSource,
    position: Position | undefined,
  ): Promise<string> | undefined;
  /** One that waits for its position is not to be joined: it would hold up the others. */
  begin(
    key: CacheKey,
    source: CacheSource,
    position: Position | undefined,
    text: Promise<string>,
  ): void;
  /** What is asked from now on must not join those. */
  forget(changed: Invalidated): void;
}

export function createFlights(): Flights {
  const flights = new Map<CacheKey, Flight>();
  const reaches = (at: Position, position: Position | undefined) =>
    position === undefined || comparePositions(at, position) >= 0;
  return {
    find(key, { from }, position) {
      const flight = flights.get(key);
      return flight?.from === from && reaches(flight.at, position) ? flight.text : undefined;
    },
    begin(key, source, position, text) {
      if (!reaches(source.at, position)) return;
      const flight = { ...source, text };
      flights.set(key, flight);
      const end = () => {
        if (flights.get(key) === flight) flights.delete(key);
      };
      // Its error reaches the callers.
      text.then(end, end);
    },
    forget(changed) {
      if (changed === 'all') flights.clear();
      else for (const key of changed) flights.delete(key);
    },
  };
}
