import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The responses that a connection still owes, so that they are sent in order. */
export interface PendingResponses {
  /** How many responses the connection owes now, and the one before this, when it is open. */
  track(
    req: IncomingMessage,
    res: ServerResponse,
  ): { readonly count: number; readonly before: ServerResponse | undefined };
  /** Runs once every request that came whole over the connection has its response. */
  afterThose(connection: Duplex, run: () => void): void;
}

export function createPendingResponses(): PendingResponses {
  const open = new WeakMap<Duplex, Map<ServerResponse, IncomingMessage>>();
  return {
    track(req, res) {
      const { socket } = req;
      const owed = open.get(socket) ?? new Map<ServerResponse, IncomingMessage>();
      const before = [...owed.keys()].at(-1);
      open.set(socket, owed.set(res, req));
      res.once('close', () => owed.delete(res));
      return { count: owed.size, before };
    },
    afterThose(connection, run) {
      // A request that did not come whole is never carried out: the problem is about it.
      const owed = [...(open.get(connection) ?? [])].filter(([, req]) => req.complete);
      const last = owed.at(-1);
      if (last) last[0].once('close', run);
      else run();
    },
  };
}
