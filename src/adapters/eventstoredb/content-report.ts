import type { Namespace } from './namespace.ts';
import { positionOf } from './recorded.ts';
import type { ServerReads } from './server-reads.ts';

const WINDOW = 4_000;
/** About a second of reading. */
const MAX_EXAMINED = 40_000;
const MAX_EXAMPLES = 3;

/** Events of other applications, which this log passes over. */
export interface PassedOver {
  readonly count: number;
  /** Some of their streams, under the server's names. */
  readonly streams: readonly string[];
}

/** An event of this log that cannot be read: it blocks the read models that follow it. */
export interface UnreadableEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  /** What was expected. */
  readonly expected: string;
}

/** The newest events of the server by origin, its own system events left out. */
export interface ContentReport {
  /** Empty for a log whose streams have no prefix. */
  readonly prefix: string;
  /** Events of this log and of other applications together. */
  readonly examined: number;
  /** Whether these are all events, and not the newest only. */
  readonly complete: boolean;
  readonly passedOver: PassedOver;
  readonly unreadable: { readonly count: number; readonly examples: readonly UnreadableEvent[] };
}

/** Reads the newest events of the server, backwards. */
export async function examineContent(
  server: ServerReads,
  { prefix, originOf, toRecorded }: Namespace,
): Promise<ContentReport> {
  const streams = new Set<string>();
  const examples: UnreadableEvent[] = [];
  let own = 0;
  let foreign = 0;
  let unreadable = 0;
  let read = 0;
  let complete;
  for (let from: Parameters<ServerReads['backwards']>[0] = 'end'; ;) {
    const found = await server.backwards(from, WINDOW);
    for (const resolved of found) {
      const { event } = resolved;
      const origin = event ? originOf(event) : 'server';
      if (!event || origin === 'server' || origin === 'adapter') continue;
      if (origin === 'foreign') {
        foreign += 1;
        if (streams.size < MAX_EXAMPLES) streams.add(event.streamId);
        continue;
      }
      own += 1;
      const {
        id,
        stream,
        revision,
        unreadable: expected,
      } = toRecorded(event, positionOf(resolved));
      if (expected === undefined) continue;
      unreadable += 1;
      if (examples.length < MAX_EXAMPLES) examples.push({ id, stream, revision, expected });
    }
    read += found.length;
    const last = found.at(-1);
    complete = found.length < WINDOW;
    if (!last || complete || read >= MAX_EXAMINED) break;
    from = positionOf(last);
  }
  return {
    prefix,
    examined: own + foreign,
    complete,
    passedOver: { count: foreign, streams: [...streams] },
    unreadable: { count: unreadable, examples },
  };
}
