import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { type AllPage, type AllRead, MAX_PAGE_BYTES } from '../../ports/event-log.ts';
import { positionOf } from './event-rows.ts';

/** A subscriber further behind than this reads by itself. */
const MAX_EVENTS = 1_000;

/** What the tail reads with: positions are dense, from 1 on. */
export interface TailSource {
  /** Position of the newest event; -1 when there is none. */
  head(): number;
  read(options: AllRead): AllPage;
  /**
   * The events above the first position, up to and with the second; undefined when they are larger
   * than that many bytes together.
   */
  between(
    from: number,
    upTo: number,
    maxBytes: number,
  ): { readonly events: readonly RecordedEvent[]; readonly bytes: number } | undefined;
}

interface Chunk {
  /** The position before its first event. */
  readonly from: number;
  readonly events: readonly RecordedEvent[];
  /** The category of each of them. */
  readonly categories: readonly string[];
  readonly bytes: number;
}

/**
 * Keeps the newest events of the log in memory, decoded once for all that follow it: each append
 * wakes every read model and process, and each of them reads what came.
 *
 * It answers as `read` does at that moment, since it asks for the head of the log each time.
 */
export function createTail(source: TailSource): Pick<TailSource, 'read'> {
  let chunks: Chunk[] = [];
  /** The chunks hold all events above `from`, up to and with `end`. */
  let from = -1;
  let end = -1;
  let bytes = 0;

  function restartAt(position: number): void {
    chunks = [];
    from = position;
    end = position;
    bytes = 0;
  }

  function dropOldest(): void {
    while (chunks.length > 1 && (end - from > MAX_EVENTS || bytes > MAX_PAGE_BYTES)) {
      const oldest = chunks.shift() as Chunk;
      from = oldest.from + oldest.events.length;
      bytes -= oldest.bytes;
    }
  }

  function extendTo(head: number): void {
    if (head === end) return;
    // Behind by too much, or a log that is shorter than it was.
    const isNear = head > end && head - end <= MAX_EVENTS;
    const next = isNear ? source.between(end, head, MAX_PAGE_BYTES) : undefined;
    if (next?.events.length !== head - end) {
      restartAt(head);
      return;
    }
    const categories = next.events.map(({ stream }) => categoryOf(stream));
    chunks.push({ from: end, categories, ...next });
    end = head;
    bytes += next.bytes;
    dropOldest();
  }

  /** The chunk with the first event above the position; most readers want the newest alone. */
  function chunkAfter(position: number): number {
    let at = chunks.length;
    while (at > 0 && (chunks[at - 1] as Chunk).from >= position) at -= 1;
    return Math.max(0, at - 1);
  }

  function eventsAfter(
    position: number,
    categories: readonly string[] | undefined,
    limit: number,
  ): readonly RecordedEvent[] {
    const found: RecordedEvent[] = [];
    if (position === end) return found;
    for (const chunk of chunks.slice(chunkAfter(position))) {
      for (let i = Math.max(0, position - chunk.from); i < chunk.events.length; i++) {
        if (categories && !categories.includes(chunk.categories[i] as string)) continue;
        found.push(chunk.events[i] as RecordedEvent);
        if (found.length === limit) return found;
      }
    }
    return found;
  }

  return {
    read(options) {
      const { after, direction, categories, limit = MAX_EVENTS } = options;
      const position = Number(after.commit);
      if (direction === 'backwards' || position < 0) return source.read(options);
      extendTo(source.head());
      if (position < from || position > end) return source.read(options);
      const events = eventsAfter(position, categories, limit);
      const last = events.at(-1);
      const reached = events.length === limit && last ? Number(last.position.commit) : end;
      return { events, position: positionOf(reached), atHead: reached === end };
    },
  };
}
