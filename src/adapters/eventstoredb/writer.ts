import { type AppendResult, EventStoreDBClient, type EventData } from '@eventstore/db-client';

/** After so many rejections without an answer between them, the next append uses a new client. */
const MAX_REJECTIONS = 3;

interface Shared {
  readonly connectionString: string;
  client: EventStoreDBClient;
  users: number;
  /** Appends that the client has not settled, those that nobody waits for any more included. */
  inFlight: number;
  rejectionsInARow: number;
}

export interface Writer {
  /** As the client's own; `deadlineMs` is kept by the server alone. */
  append(
    stream: string,
    expected: number | 'no-stream',
    events: EventData[],
    deadlineMs: number,
  ): Promise<AppendResult>;
  readonly inFlight: number;
  /** The connection goes when no append of this process is in flight any more. */
  release(): void;
}

/**
 * The appending clients of this process, one per server.
 *
 * The client library keeps the pending appends of all its clients in one map: an error on the
 * append stream of any client, or its disposal, rejects them all, and the next reply to a healthy
 * client then ends the process. So two logs on one server share a client, and none is disposed
 * while appends are in flight anywhere.
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
    const answered = (error as { type?: unknown } | null)?.type === 'wrong-expected-version';
    shared.rejectionsInARow = answered ? 0 : shared.rejectionsInARow + 1;
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
 * A client asks the server once what it can do and keeps the answer, also when that was an error
 * which it does not count as a lost connection. Such a client never appends again.
 */
function renewIfStuck(shared: Shared): void {
  if (shared.rejectionsInARow < MAX_REJECTIONS || !noneInFlight()) return;
  const old = shared.client;
  shared.client = EventStoreDBClient.connectionString(shared.connectionString);
  shared.rejectionsInARow = 0;
  void old.dispose();
}

function disposeUnused(): void {
  if (!noneInFlight()) return;
  for (const [key, { users, client }] of writers) {
    if (users > 0) continue;
    writers.delete(key);
    void client.dispose();
  }
}
