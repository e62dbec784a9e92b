import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Responses that a connection still owes, so that none is sent out of order. */
export interface PendingAnswers {
  track(req: IncomingMessage, res: ServerResponse): void;
  /** Runs `run` once every complete request of the connection has its response. */
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
      // An incomplete request never runs: the response of `run` is about it.
      const owed = [...(open.get(connection) ?? [])].filter(([, req]) => req.complete);
      const last = owed.at(-1);
      if (last) last[0].once('close', run);
      else run();
    },
  };
}
