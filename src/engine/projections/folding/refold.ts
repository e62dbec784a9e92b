import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, type Position } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import { yieldTurn } from '../../yield-turn.ts';
import type { EngineContext } from '../context.ts';
import { positionBefore } from '../position-by-time.ts';
import type { Generation } from './generation.ts';

const STREAM_PAGE = 500;

/** Documents by key, as the log says. */
export type Folded = ReadonlyMap<string, DocumentWrite>;

/** Folds the documents of one stream, from its first event up to a position. */
export async function foldStream(
  { log }: EngineContext,
  generation: Generation,
  stream: string,
  upTo: Position,
): Promise<Folded> {
  const folded = new Map<string, DocumentWrite>();
  let from = 0;
  for (;;) {
    const page = await log.readStream(stream, { from, limit: STREAM_PAGE });
    const events = page.filter((event) => comparePositions(event.position, upTo) <= 0);
    foldInto(generation, folded, events);
    if (page.length < STREAM_PAGE || events.length < page.length) return existing(folded);
    from = (page.at(-1)?.revision ?? from) + 1;
  }
}

/**
 * Folds the events between two positions into the documents of these keys.
 * @returns the number of events.
 */
export async function foldLog(
  { log, limits }: EngineContext,
  generation: Generation,
  range: { after: Position; upTo: Position },
  folded: Map<string, DocumentWrite>,
  only: ReadonlySet<string>,
): Promise<number> {
  let count = 0;
  let position = range.after;
  while (comparePositions(position, range.upTo) < 0) {
    const page = await log.readAll({
      after: position,
      limit: limits.sliceEvents,
      categories: generation.projection.categories,
    });
    const events = page.events.filter((e) => comparePositions(e.position, range.upTo) <= 0);
    foldInto(generation, folded, events, only);
    count += events.length;
    if (page.atHead) break;
    position = page.position;
    await yieldTurn();
  }
  return count;
}

function foldInto(
  { fold, skipped }: Generation,
  folded: Map<string, DocumentWrite>,
  events: readonly RecordedEvent[],
  only?: ReadonlySet<string>,
): void {
  const touches = fold.touches(events, skipped).flatMap(({ event, keys }) => {
    const wanted = only ? keys.filter((key) => only.has(key)) : keys;
    return wanted.length > 0 ? [{ event, keys: wanted }] : [];
  });
  for (const [key, write] of fold.apply(touches, folded)) folded.set(key, write);
}

/** The documents that were not deleted. */
export function existing(folded: Folded): Folded {
  return new Map([...folded].filter(([, { body }]) => body !== undefined));
}

/**
 * The document of one key up to a position: folded from its stream, or from a scan of the log where
 * many streams feed it.
 */
export async function foldKey(
  context: EngineContext,
  generation: Generation,
  key: string,
  upTo: Position,
): Promise<DocumentWrite | undefined> {
  const { projection } = generation;
  const stream = projection.streamOf?.(key);
  if (stream) return (await foldStream(context, generation, stream, upTo)).get(key);
  const folded = new Map<string, DocumentWrite>();
  const after = await positionBefore(context.log, projection.recordedFrom?.(key));
  await foldLog(context, generation, { after, upTo }, folded, new Set([key]));
  return existing(folded).get(key);
}
