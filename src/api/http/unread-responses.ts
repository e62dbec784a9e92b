import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../ports/clock.ts';
import type { ApiLimits } from '../limits.ts';

/** Responses that have been written and not been read by their callers. */
export interface UnreadResponses {
  /** Watches a response from its end until it has been sent. */
  watch(connection: Duplex, res: ServerResponse): void;
}

interface Unread {
  readonly connection: Duplex;
  readonly bytes: number;
}

type Limits = Pick<ApiLimits, 'unreadBytes' | 'unreadBytesPerConnection' | 'sendTimeoutMs'>;

/**
 * Closes connections that hold more unread bytes, or hold them longer, than they may. When all of
 * them together hold too much, the one that holds most is closed first.
 */
export function createUnreadResponses(limits: Limits, clock: Clock): UnreadResponses {
  const unread = new Map<ServerResponse, Unread>();
  const perConnection = new Map<Duplex, number>();
  let total = 0;

  function add(connection: Duplex, bytes: number): void {
    total += bytes;
    const held = (perConnection.get(connection) ?? 0) + bytes;
    if (held > 0) perConnection.set(connection, held);
    else perConnection.delete(connection);
  }

  function forget(res: ServerResponse): void {
    const entry = unread.get(res);
    if (!entry || !unread.delete(res)) return;
    add(entry.connection, -entry.bytes);
  }

  function closeLargest(): void {
    let largest: Duplex | undefined;
    for (const [connection, bytes] of perConnection) {
      if (!largest || bytes > (perConnection.get(largest) ?? 0)) largest = connection;
    }
    largest?.destroy();
  }

  /** The first response of a connection may be of any size: its sender chose to answer with it. */
  function enforce(connection: Duplex): void {
    const held = perConnection.get(connection) ?? 0;
    const responses = [...unread.values()].filter((entry) => entry.connection === connection);
    if (held > limits.unreadBytesPerConnection && responses.length > 1) connection.destroy();
    else if (total > limits.unreadBytes) closeLargest();
  }

  async function limitTime(connection: Duplex, res: ServerResponse): Promise<void> {
    const sent = new AbortController();
    res.once('close', () => sent.abort());
    await clock.sleep(limits.sendTimeoutMs, sent.signal);
    if (unread.has(res)) connection.destroy();
  }

  return {
    watch(connection, res) {
      const bytes = res.writableLength;
      if (bytes === 0 || res.writableFinished || unread.has(res)) return;
      unread.set(res, { connection, bytes });
      add(connection, bytes);
      res.once('finish', () => forget(res));
      res.once('close', () => forget(res));
      void limitTime(connection, res);
      enforce(connection);
    },
  };
}
