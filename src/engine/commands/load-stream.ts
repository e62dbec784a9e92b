import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Snapshots } from './snapshots.ts';
import { emptyStream, foldStored, type AnyDecider, type StreamState } from './stream-state.ts';

const PAGE = 500;

/** One page. @throws UpstreamError store_unavailable when the log cannot be read. */
async function readPage(
  log: EventLog,
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
  log: EventLog,
  stream: string,
  from: number,
): AsyncGenerator<readonly RecordedEvent[]> {
  let next = from;
  for (;;) {
    const page = await readPage(log, stream, next, PAGE);
    const last = page.at(-1);
    if (last) yield page;
    if (!last || page.length < PAGE) return;
    next = last.revision + 1;
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

/** Loads a stream from the log: from a checked snapshot and its tail, or from the first event. */
export async function loadStream<State>(
  log: EventLog,
  stream: string,
  decider: AnyDecider<State>,
  types: EventTypes,
  snapshots: Snapshots,
): Promise<StreamState<State>> {
  const fromSnapshot = await loadSnapshot(log, stream, decider, types, snapshots);
  if (fromSnapshot) return fromSnapshot;
  let loaded = emptyStream(stream, decider);
  for await (const page of pages(log, stream, 0)) {
    loaded = foldStored(loaded, page, decider, types);
  }
  return loaded;
}

/** The state from a snapshot; undefined when it cannot be used, for any reason. */
async function loadSnapshot<State>(
  log: EventLog,
  stream: string,
  decider: AnyDecider<State>,
  types: EventTypes,
  snapshots: Snapshots,
): Promise<StreamState<State> | undefined> {
  const snapshot = await snapshots.load(stream, decider);
  if (!snapshot) return undefined;
  try {
    return await catchUp(log, snapshot, decider, types);
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
  log: EventLog,
  entry: StreamState<State>,
  decider: AnyDecider<State>,
  types: EventTypes,
): Promise<StreamState<State> | undefined> {
  if (entry.revision < 0) return undefined;
  let current = entry;
  let first = true;
  for await (const page of pages(log, entry.stream, entry.revision)) {
    const [last] = page;
    const matches = last?.id === entry.lastEventId && last?.revision === entry.revision;
    if (first && !matches) return undefined;
    current = foldStored(current, first ? page.slice(1) : page, decider, types);
    first = false;
  }
  return first ? undefined : current;
}

/** The state of a stream right after one of its revisions. */
export async function loadAsOf<State>(
  log: EventLog,
  stream: string,
  revision: number,
  decider: AnyDecider<State>,
  types: EventTypes,
): Promise<StreamState<State>> {
  let loaded = emptyStream(stream, decider);
  for await (const page of pages(log, stream, 0)) {
    loaded = foldStored(
      loaded,
      page.filter((event) => event.revision <= revision),
      decider,
      types,
    );
    if (loaded.revision >= revision) break;
  }
  return loaded;
}
