import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Which answers a connection still owes, so that nothing is said out of turn on it. */
export interface PendingAnswers {
  track(req: IncomingMessage, res: ServerResponse): void;
  /** Runs once every request that came whole over the connection has its answer. */
  afterThose(connection: Duplex, run: () => void): void;
}

export function createPendingAnswers(): PendingAnswers {
  const open = new WeakMap<Duplex, Map<ServerResponse, IncomingMessage>>();
  return {
    track(req, res) {
      const { socket } = req;
      const mine = open.get(socket) ?? new Map<ServerResponse, IncomingMessage>();
      open.set(socket, mine.set(res, req));
      res.once('close', () => mine.delete(res));
    },
    afterThose(connection, run) {
      // One that did not come whole is never carried out: the answer is about it.
      const owed = [...(open.get(connection) ?? [])].filter(([, req]) => req.complete);
      const last = owed.at(-1);
      if (last) last[0].once('close', run);
      else run();
    },
  };
}
