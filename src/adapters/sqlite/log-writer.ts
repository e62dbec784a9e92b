import type { Channel } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome } from '../../ports/event-log.ts';
import { unavailable } from '../shared/append-outcomes.ts';
import { withFileName } from '../shared/file-errors.ts';
import { type Database, openDatabase } from './database.ts';
import { createWrites, type EventLogWrites, type SerialisedAppend } from './event-log-writes.ts';

/** Appends that share one commit: bounds how long a commit takes. */
const MAX_GROUP = 512;
/** A commit is worth starting for so many appends while their thread prepares more. */
const FLUSH_AT = 16;

/** The one writer of a log's file. */
export interface LogWriter {
  /** So many queued appends are flushed immediately; fewer at the end of the turn. */
  readonly flushAt: number;
  /** Maximum number of appends per write. */
  readonly maxGroup: number;
  /** Commits them, perhaps together with queued ones; outcomes in their order. Never rejects. */
  write(appends: readonly SerialisedAppend[]): Promise<readonly AppendOutcome[]>;
  /** Writes the write-ahead log back, so that one file remains. */
  close(): Promise<void>;
}

/** Commits on the caller's thread, which blocks on the disk meanwhile. */
export function createLocalWriter(db: Database, clock: Clock, path: string): LogWriter {
  const writes = createWrites(db, clock, path);
  return {
    flushAt: Infinity,
    maxGroup: MAX_GROUP,
    write: (appends) => Promise.resolve(writes.appendGroup(appends)),
    close() {
      writeBack(db);
      return Promise.resolve();
    },
  };
}

/**
 * Appends in a flat list of values: stream, expected revision, number of events, then per event
 * id, type, data, metadata and recordedAt ('' when not given). Copying it to the other thread takes
 * half the time of nested objects.
 */
type Packed = readonly (string | number)[];

type Request =
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'write'; readonly appends: Packed }
  | { readonly kind: 'close' };

/** Replies come in the order of the requests. */
type Reply =
  | { readonly kind: 'written'; readonly outcomes: readonly (readonly AppendOutcome[])[] }
  | { readonly kind: 'closed' };

/**
 * Commits on another thread: see `serveLogWriter`. When that thread is gone, waiting appends are
 * `unknown` and later ones `failed`.
 */
export function createThreadedWriter(channel: Channel, path: string): LogWriter {
  interface Waiting {
    readonly count: number;
    readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  }
  const waiting: Waiting[] = [];
  let closed = (): void => undefined;
  let gone = false;
  const post = (request: Request) => {
    channel.post(request);
  };

  channel.onMessage((message) => {
    const reply = message as Reply;
    if (reply.kind === 'closed') closed();
    else for (const outcomes of reply.outcomes) waiting.shift()?.resolve(outcomes);
  });
  channel.onClosed(() => {
    gone = true;
    const error = new Error('the thread that writes the log is gone');
    for (const { count, resolve } of waiting.splice(0)) {
      resolve(Array.from({ length: count }, () => ({ outcome: 'unknown', error })));
    }
    closed();
  });
  post({ kind: 'open', path });

  return {
    flushAt: FLUSH_AT,
    maxGroup: MAX_GROUP,
    write(appends) {
      if (gone) {
        const outcome = unavailable(new Error('the thread that writes the log is gone'));
        return Promise.resolve(appends.map(() => outcome));
      }
      return new Promise((resolve) => {
        // Before it waits: what was not sent gets no reply, and replies come in order.
        post({ kind: 'write', appends: pack(appends) });
        waiting.push({ count: appends.length, resolve });
      });
    },
    close() {
      if (gone) return Promise.resolve();
      return new Promise((resolve) => {
        closed = resolve;
        post({ kind: 'close' });
      });
    },
  };
}

/**
 * The other side of `createThreadedWriter`: commits everything that arrived during the previous
 * commit as one group, so under more load more appends share one wait for the disk.
 */
export function serveLogWriter(channel: Channel, clock: Clock): void {
  let db: Database | undefined;
  let writes: EventLogWrites | undefined;
  let file = '';
  const pending: (readonly SerialisedAppend[])[] = [];

  function commitNext(): void {
    const requests: (readonly SerialisedAppend[])[] = [];
    let count = 0;
    while (pending[0] && (count === 0 || count + pending[0].length <= MAX_GROUP)) {
      count += pending[0].length;
      requests.push(pending.shift() ?? []);
    }
    if (requests.length === 0) return;
    const all = append(requests.flat());
    let from = 0;
    const outcomes = requests.map(({ length }) => all.slice(from, (from += length)));
    channel.post({ kind: 'written', outcomes } satisfies Reply);
  }

  /** Opens the file when its first appends come, and again with each until that succeeds. */
  function append(appends: readonly SerialisedAppend[]): AppendOutcome[] {
    try {
      db ??= openDatabase(file, 'full');
      writes ??= createWrites(db, clock, file);
    } catch (error) {
      const outcome = unavailable(withFileName(file, error) as Error);
      return appends.map(() => outcome);
    }
    return writes.appendGroup(appends);
  }

  channel.onMessage((message) => {
    const request = message as Request;
    switch (request.kind) {
      case 'open':
        file = request.path;
        return;
      case 'write':
        if (pending.length === 0) setImmediate(commitAll);
        pending.push(unpack(request.appends));
        return;
      case 'close':
        commitAll();
        if (db) {
          writeBack(db);
          db.close();
        }
        channel.post({ kind: 'closed' } satisfies Reply);
    }
  });

  function commitAll(): void {
    while (pending.length > 0) commitNext();
  }
}

function pack(appends: readonly SerialisedAppend[]): Packed {
  const packed: (string | number)[] = [];
  for (const { stream, expected, events } of appends) {
    packed.push(stream, expected, events.length);
    for (const { id, type, data, metadata, recordedAt = '' } of events) {
      packed.push(id, type, data, metadata, recordedAt);
    }
  }
  return packed;
}

function unpack(packed: Packed): SerialisedAppend[] {
  const appends: SerialisedAppend[] = [];
  let index = 0;
  const next = <T extends string | number>() => packed[index++] as T;
  while (index < packed.length) {
    const stream = next<string>();
    const expected = next<SerialisedAppend['expected']>();
    const count = next<number>();
    const events = Array.from({ length: count }, () => ({
      id: next<string>(),
      type: next<string>(),
      data: next<string>(),
      metadata: next<string>(),
      recordedAt: next<string>() || undefined,
    }));
    appends.push({ stream, expected, events });
  }
  return appends;
}

/** A stopped log is one file, easy to copy. After a kill the next start reads the WAL file too. */
function writeBack(db: Database): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // As after a kill: a full disk keeps nothing from being read at the next start.
  }
}
