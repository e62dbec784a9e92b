import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf } from '../../domain/kernel/names.ts';
import { comparePositions, END, type Position, START } from '../../domain/kernel/position.ts';
import type { AllPage, AllRead, StreamRead } from '../../ports/event-log.ts';
import type { FindNamespace, Namespace } from './namespace.ts';
import { type ClientEvent, positionOf, type Resolved } from './recorded.ts';
import type { ServerReads } from './server-reads.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_ALL_LIMIT = 20_000;
/** Minimum number of events per scan: the client cannot filter a read of the whole log. */
const MIN_WINDOW = 500;
/** The same where only events of other applications are passed over. */
const MIN_WINDOW_OF_ALL = 32;
/** Events per scan backwards from the head: each scan without a result is followed by a longer. */
const HEAD_WINDOW_GROWTH = 32;
const MAX_HEAD_WINDOW = 4_096;

export interface EventLogReads {
  readStream(stream: string, options: StreamRead): Promise<RecordedEvent[]>;
  readAll(options: AllRead): Promise<AllPage>;
  readAt(position: Position): Promise<RecordedEvent | undefined>;
  head(): Promise<Position>;
  /** The position up to which the log after `after` has no events of these categories. */
  readonly quietUpTo: (
    after: Position,
    categories: readonly string[] | undefined,
  ) => Promise<Position>;
}

/** Where a search for the head began, and what it found from there on. */
interface KnownHead {
  readonly end: Position;
  readonly endId: string;
  readonly head: Position;
}

function isSame(resolved: Resolved, { end, endId }: KnownHead): boolean {
  return resolved.event?.id === endId && comparePositions(positionOf(resolved), end) === 0;
}

export function createReads(server: ServerReads, findNamespace: FindNamespace): EventLogReads {
  let known: KnownHead | undefined;

  const isOwn = ({ originOf }: Namespace, { event }: Resolved) =>
    event !== undefined && originOf(event) === 'own';

  function filterOf(
    { originOf, prefix }: Namespace,
    categories: readonly string[] | undefined,
  ): (event: ClientEvent) => boolean {
    const wanted = categories && new Set(categories);
    const isWanted = ({ streamId }: ClientEvent) =>
      !wanted || wanted.has(categoryOf(streamId.slice(prefix.length)));
    return (event) => originOf(event) === 'own' && isWanted(event);
  }

  async function readAll(options: AllRead): Promise<AllPage> {
    const { after, direction, categories, limit = DEFAULT_LIMIT } = options;
    if (direction === 'backwards' && comparePositions(after, START) <= 0) {
      return { events: [], position: START, atHead: true };
    }
    const namespace = await findNamespace();
    const maxEvents = Math.min(limit, MAX_ALL_LIMIT);
    const window = Math.max(maxEvents + 1, categories ? MIN_WINDOW : MIN_WINDOW_OF_ALL);
    const matches = filterOf(namespace, categories);
    const isEnd = comparePositions(after, END) >= 0;
    const found =
      direction === 'backwards'
        ? await server.backwards(isEnd ? 'end' : after, window)
        : await server.after(after, window);
    const events: RecordedEvent[] = [];
    let position = after;
    for (const resolved of found) {
      const { event } = resolved;
      if (events.length >= maxEvents && isOwn(namespace, resolved)) {
        return { events, position, atHead: false };
      }
      position = positionOf(resolved);
      if (event && matches(event)) events.push(namespace.toRecorded(event, position));
    }
    // Only a window that is not full reached the end of the log.
    return { events, position, atHead: found.length < window };
  }

  /**
   * Searches backwards to where an earlier search began. Where other applications write more, the
   * newest own event may be far from the end of the log.
   */
  async function head(): Promise<Position> {
    const namespace = await findNamespace();
    let end: Resolved | undefined;
    let from: Position | 'end' = 'end';
    const remember = (position: Position): Position => {
      const endId = end?.event?.id;
      if (end && endId !== undefined) known = { end: positionOf(end), endId, head: position };
      return position;
    };
    for (let window = 1; ; window = Math.min(window * HEAD_WINDOW_GROWTH, MAX_HEAD_WINDOW)) {
      const found = await server.backwards(from, window);
      end ??= found[0];
      for (const resolved of found) {
        // Without that event this is another log, or a scavenged one: the search goes on.
        if (known && isSame(resolved, known)) return remember(known.head);
        if (isOwn(namespace, resolved)) return remember(positionOf(resolved));
      }
      const last = found.at(-1);
      if (!last) return remember(START);
      from = positionOf(last);
    }
  }

  return {
    readAll,
    head,
    async readStream(stream, options) {
      const { prefix, toRecorded } = await findNamespace();
      const events: RecordedEvent[] = [];
      for (const resolved of await server.stream(prefix + stream, options)) {
        if (resolved.event) events.push(toRecorded(resolved.event, positionOf(resolved)));
      }
      return events;
    },
    async readAt(position) {
      const { originOf, toRecorded } = await findNamespace();
      const event = (await server.at(position))?.event;
      return event && originOf(event) === 'own' ? toRecorded(event, position) : undefined;
    },
    async quietUpTo(after, categories) {
      const matches = filterOf(await findNamespace(), categories);
      let position = after;
      for (;;) {
        const found = await server.after(position, MIN_WINDOW);
        for (const resolved of found) {
          if (resolved.event && matches(resolved.event)) return position;
          position = positionOf(resolved);
        }
        if (found.length < MIN_WINDOW) return position;
      }
    },
  };
}
