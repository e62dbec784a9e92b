import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import {
  answerBroken,
  answerOnSocket,
  brokenRequestOf,
  NO_HOST,
  TUNNEL,
} from './broken-request.ts';
import type { ApiLimits } from '../limits.ts';
import type { OpenRequests } from './access-log.ts';
import { createPendingAnswers } from './pending-responses.ts';

export interface Address {
  readonly port: number;
  readonly url: string;
}

export interface Listener {
  /** @throws Error that names the port and what to do when it is taken. */
  listen(options: { readonly port: number; readonly host: string }): Promise<Address>;
  /**
   * Takes no more, lets what runs end within the limit, then closes every connection. Idempotent.
   */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly handler: RequestListener;
  readonly limits: ApiLimits;
  readonly open: OpenRequests;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

export function createListener(options: ListenerOptions): Listener {
  const { handler, limits, open, clock, ids, logger } = options;
  const pending = createPendingAnswers();
  const withHost = requireHost(handler, ids);
  const serve: RequestListener = (req, res) => {
    pending.track(req, res);
    // Nothing is upgraded here, and Node loses what comes after such a request on its connection.
    if (req.headers.upgrade !== undefined) res.setHeader('Connection', 'close');
    withHost(req, res);
  };
  const server = createServer(
    {
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.connectionsCheckMs,
      // Node would answer without a body.
      requireHostHeader: false,
    },
    serve,
  );
  server.maxConnections = limits.connections;
  server.on('clientError', (error, socket) => {
    pending.afterThose(socket, () => answerClientError(error, socket, ids.uuid()));
  });
  // Whoever expects something else than 100-continue gets the answer without it.
  server.on('checkExpectation', serve);
  server.on('connect', (_req, socket) => {
    // Node has let go of this socket: nobody else hears its errors or closes its other half.
    socket.on('error', () => socket.destroy());
    socket.on('finish', () => socket.destroy());
    pending.afterThose(socket, () => answerOnSocket(socket, TUNNEL, ids.uuid()));
  });
  let closing: Promise<void> | undefined;

  async function drain(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const timer = new AbortController();
    const late = clock.sleep(limits.drainMs, timer.signal).then(() => 'late' as const);
    const outcome = await Promise.race([open.untilNone(), late]);
    timer.abort();
    if (outcome === 'late') {
      const { drainMs } = limits;
      logger.warn({ open: open.count(), drainMs }, 'requests were cut off by the stop');
    }
    // What is left now are idle connections, also those that never sent a request.
    server.closeAllConnections();
    await closed;
  }

  return {
    listen: ({ port, host }) =>
      new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
        server.listen(port, host, () => resolve(addressOf(server, host)));
      }),
    close: () => (closing ??= drain()),
  };
}

/** RFC 9112, section 3.2: a request in HTTP/1.1 without a Host is answered with 400. */
function requireHost(handler: RequestListener, ids: Ids): RequestListener {
  return (req, res) => {
    if (req.headers.host === undefined && req.httpVersion === '1.1') {
      answerBroken(res, NO_HOST, ids.uuid());
    } else handler(req, res);
  };
}

function addressOf(server: Server, host: string): Address {
  const { port } = server.address() as AddressInfo;
  const anywhere = host === '0.0.0.0' || host === '::';
  const name = anywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return { port, url: `http://${name}:${port}` };
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `expected port ${port} of ${host} to be free, found it in use: ` +
          'stop what listens there, or set PORT to another one',
        { cause: error },
      );
    case 'EACCES':
      return new Error(
        `expected to be allowed to listen on port ${port}: set PORT to 1024 or above`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(
        `expected ${host} to be an address of this machine, found ${error.code}: ` +
          'set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses',
        { cause: error },
      );
    default:
      return error;
  }
}

/**
 * What is not HTTP, or came too slowly, has no request to answer: it gets a problem and the door.
 */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  answerOnSocket(socket, brokenRequestOf(error.code), requestId);
}
