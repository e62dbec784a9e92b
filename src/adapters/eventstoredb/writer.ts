import { type AppendResult, type EventData, EventStoreDBClient } from '@eventstore/db-client';

/** After so many consecutive rejections without a reply the next append uses a new client. */
const MAX_REJECTIONS = 3;

interface Shared {
  readonly connectionString: string;
  client: EventStoreDBClient;
  users: number;
  /** Appends that the client has not settled, including those that have timed out. */
  inFlight: number;
  rejectionsInARow: number;
}

export interface Writer {
  /** As `appendToStream` of the client; only the server keeps `deadlineMs`. */
  append(
    stream: string,
    expected: number | 'no-stream',
    events: EventData[],
    deadlineMs: number,
  ): Promise<AppendResult>;
  readonly inFlight: number;
  /** The connection is closed once no append of this instance is in flight. */
  release(): void;
}

/**
 * The appending clients of this instance, one per server.
 *
 * The client library keeps the pending appends of all its clients in one map: an error on the
 * append stream of any client, or its disposal, rejects them all, and the next reply to a healthy
 * client then ends the process. So two logs on one server share a client, and no client is disposed
 * while any append is in flight.
 */
const writers = new Map<string, Shared>();

export function acquireWriter(connectionString: string): Writer {
  const shared = writers.get(connectionString) ?? {
    connectionString,
    client: EventStoreDBClient.connectionString(connectionString),
    users: 0,
    inFlight: 0,
    rejectionsInARow: 0,
  };
  writers.set(connectionString, shared);
  shared.users += 1;
  let released = false;
  return {
    append: (...args) => append(shared, ...args),
    get inFlight() {
      return shared.inFlight;
    },
    release() {
      if (released) return;
      released = true;
      shared.users -= 1;
      disposeUnused();
    },
  };
}

async function append(
  shared: Shared,
  stream: string,
  expected: number | 'no-stream',
  events: EventData[],
  deadlineMs: number,
): Promise<AppendResult> {
  renewIfStuck(shared);
  const { client } = shared;
  shared.inFlight += 1;
  try {
    const result = await client.appendToStream(stream, events, {
      expectedRevision: expected === 'no-stream' ? 'no_stream' : BigInt(expected),
      deadline: deadlineMs,
    });
    shared.rejectionsInARow = 0;
    return result;
  } catch (error) {
    const replied = (error as { type?: unknown } | null)?.type === 'wrong-expected-version';
    shared.rejectionsInARow = replied ? 0 : shared.rejectionsInARow + 1;
    throw error;
  } finally {
    shared.inFlight -= 1;
    disposeUnused();
  }
}

function noneInFlight(): boolean {
  return [...writers.values()].every(({ inFlight }) => inFlight === 0);
}

/**
 * A client queries the capabilities of the server once and caches the reply, also an error that it
 * does not treat as a lost connection. Such a client never appends again.
 */
function renewIfStuck(shared: Shared): void {
  if (shared.rejectionsInARow < MAX_REJECTIONS || !noneInFlight()) return;
  const old = shared.client;
  shared.client = EventStoreDBClient.connectionString(shared.connectionString);
  shared.rejectionsInARow = 0;
  dispose(old);
}

/** Without waiting. A connection that does not close cleanly is of no use any more. */
function dispose(client: EventStoreDBClient): void {
  client.dispose().catch(() => undefined);
}

function disposeUnused(): void {
  if (!noneInFlight()) return;
  for (const [key, { users, client }] of writers) {
    if (users > 0) continue;
    writers.delete(key);
    dispose(client);
  }
}
