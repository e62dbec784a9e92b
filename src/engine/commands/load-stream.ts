import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import { storeOf } from '../../domain/kernel/names.ts';
import { approximateBytes } from '../../lib/approximate-bytes.ts';
import type { FairTurns } from '../../lib/fair-turns.ts';
import { createSliceSize } from '../../lib/slice-size.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Snapshots } from './snapshots.ts';
import { type AnyDecider, emptyStream, foldStored, type StreamState } from './stream-state.ts';
import type { Waypoints } from './waypoints.ts';

/** Most events of one page, for reads of a known number of events. */
const PAGE = 100;
/** One event can hold all lines of a large order, so pages of large events are short. */
const SLICES = { first: 16, max: 128, targetBytes: 262_144 };

/** How streams are read: from the log, page by page, long ones in turns with other work. */
export interface StreamReader {
  readonly log: EventLog;
  readonly turns: FairTurns;
}

/** One page. @throws UpstreamError store_unavailable when the log cannot be read. */
async function readPage(
  log: Pick<EventLog, 'readStream'>,
  stream: string,
  from: number,
  limit: number,
): Promise<readonly RecordedEvent[]> {
  try {
    return await log.readStream(stream, { from, limit });
  } catch (error) {
    const message = `the log could not be read at ${stream}: ${String(error)}`;
    throw new UpstreamError('store_unavailable', message, { stream }, error);
  }
}

/** Events of a stream from a revision to its end, page by page. */
async function* pages(
  { log, turns }: StreamReader,
  stream: string,
  from: number,
): AsyncGenerator<readonly RecordedEvent[]> {
  const size = createSliceSize(SLICES);
  let next = from;
  for (;;) {
    if (next > from) await turns.take(storeOf(stream));
    const limit = size.next();
    const page = await readPage(log, stream, next, limit);
    const last = page.at(-1);
    if (last) yield page;
    if (!last || page.length < limit) return;
    next = last.revision + 1;
    size.took(page.reduce((sum, { data }) => sum + approximateBytes(data, SLICES.targetBytes), 0));
  }
}

/** At most `count` events of a stream from a revision, however many pages they fill. */
export async function readRange(
  log: EventLog,
  stream: string,
  from: number,
  count: number,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  while (events.length < count) {
    const limit = Math.min(PAGE, count - events.length);
    const page = await readPage(log, stream, from + events.length, limit);
    events.push(...page);
    if (page.length < limit) break;
  }
  return events;
}

/**
 * All events of a stream in order, read page by page.
 * @throws UpstreamError store_unavailable when the log cannot be read.
 */
export async function* eventsOf(
  log: Pick<EventLog, 'readStream'>,
  stream: string,
): AsyncGenerator<RecordedEvent> {
  for (let from = 0; ; from += PAGE) {
    const page = await readPage(log, stream, from, PAGE);
    yield* page;
    if (page.length < PAGE) return;
  }
}

/** Loads a stream from the log: from a checked snapshot and its tail, or from the first event. */
export async function loadStream<State>(
  reader: StreamReader,
  stream: string,
  decider: AnyDecider<State>,
  types: EventTypes,
  snapshots: Snapshots,
): Promise<StreamState<State>> {
  const fromSnapshot = await loadSnapshot(reader, stream, decider, types, snapshots);
  if (fromSnapshot) return fromSnapshot;
  let loaded = emptyStream(stream, decider);
  for await (const page of pages(reader, stream, 0)) {
    loaded = foldStored(loaded, page, decider, types);
  }
  return loaded;
}

/** The state from a snapshot; undefined when it cannot be used, for any reason. */
async function loadSnapshot<State>(
  reader: StreamReader,
  stream: string,
  decider: AnyDecider<State>,
  types: EventTypes,
  snapshots: Snapshots,
): Promise<StreamState<State> | undefined> {
  const snapshot = await snapshots.load(stream, decider);
  if (!snapshot) return undefined;
  try {
    return await catchUp(reader, snapshot, decider, types);
  } catch {
    // A fault of the log or of its events shows again in the load from the first event.
    return undefined;
  }
}

/**
 * Folds the events after an earlier state. The event that the state ends with is read again: when
 * another event stands there, the state is not of this stream.
 * @returns undefined for such a state, or for one of no stream.
 */
export async function catchUp<State>(
  reader: StreamReader,
  entry: StreamState<State>,
  decider: AnyDecider<State>,
  types: EventTypes,
): Promise<StreamState<State> | undefined> {
  if (entry.revision < 0) return undefined;
  let current = entry;
  let first = true;
  for await (const page of pages(reader, entry.stream, entry.revision)) {
    const [last] = page;
    const matches = last?.id === entry.lastEventId && last?.revision === entry.revision;
    if (first && !matches) return undefined;
    current = foldStored(current, first ? page.slice(1) : page, decider, types);
    first = false;
  }
  return first ? undefined : current;
}

/** The state of a stream right after one of its revisions, folded on from a waypoint before it. */
export async function loadAsOf<State>(
  reader: StreamReader,
  stream: string,
  revision: number,
  decider: AnyDecider<State>,
  types: EventTypes,
  waypoints: Waypoints,
): Promise<StreamState<State>> {
  const near = waypoints.nearest(stream, revision) as StreamState<State> | undefined;
  const loaded = near && (await foldUpTo(near));
  return loaded ?? (await foldUpTo(emptyStream(stream, decider))) ?? emptyStream(stream, decider);

  /** Undefined when the log does not hold the event that the state ends with. */
  async function foldUpTo(start: StreamState<State>): Promise<StreamState<State> | undefined> {
    let current = start;
    if (start.revision >= 0) {
      const [last] = await readPage(reader.log, stream, start.revision, 1);
      if (last?.id !== start.lastEventId) return undefined;
    }
    for await (const page of pages(reader, stream, start.revision + 1)) {
      current = foldStored(
        current,
        page.filter((event) => event.revision <= revision),
        decider,
        types,
      );
      waypoints.offer(current);
      if (current.revision >= revision) break;
    }
    return current;
  }
}
