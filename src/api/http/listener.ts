import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ApiLimits } from '../limits.ts';
import type { OpenRequests } from './access-log.ts';
import {
  answerBroken,
  answerOnSocket,
  brokenRequestOf,
  NO_HOST,
  TUNNEL,
} from './broken-request.ts';
import { createPendingResponses } from './pending-responses.ts';
import { createUnreadResponses } from './unread-responses.ts';

export interface Address {
  readonly port: number;
  readonly url: string;
}

export interface Listener {
  /** @throws Error that names the port and what to do when it is taken. */
  listen(options: { readonly port: number; readonly host: string }): Promise<Address>;
  /**
   * Stops accepting requests, lets those in flight finish within the limit, then closes every
   * connection. Idempotent.
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
  const pending = createPendingResponses();
  const unread = createUnreadResponses(limits, clock);
  const withHost = requireHost(handler, ids);
  const serve: RequestListener = (req, res) => {
    const { socket } = req;
    const { count, before } = pending.track(req, res);
    if (count > limits.pipelined) {
      // Pipelining without reading: no response could be sent before those that wait already.
      socket.destroy();
      return;
    }
    watchEnd(res, () => unread.watch(socket, res));
    // Nothing is upgraded here, and Node loses what comes after such a request on its connection.
    if (req.headers.upgrade !== undefined) res.setHeader('Connection', 'close');
    // Pipelined requests are carried out one after the other.
    if (before) before.once('close', () => withHost(req, res));
    else withHost(req, res);
  };
  const server = createServer(
    {
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.connectionsCheckMs,
      // Node's own response has no body.
      requireHostHeader: false,
    },
    serve,
  );
  server.maxConnections = limits.connections;
  server.on('clientError', (error, socket) => {
    pending.afterThose(socket, () => answerClientError(error, socket, ids.uuid()));
  });
  // A client that expects anything but 100-continue gets its response without it.
  server.on('checkExpectation', serve);
  server.on('connect', (_req, socket) => {
    // Node no longer handles this socket, so its errors and its other half are handled here.
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
    // The remaining connections are idle; some never sent a request.
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

/** Calls `ended` as soon as all of a response has been written. */
function watchEnd(res: ServerResponse, ended: () => void): void {
  const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse;
  res.end = ((...args: unknown[]) => {
    const result = end(...args);
    ended();
    return result;
  }) as typeof res.end;
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
 * Malformed or timed-out input has no request: answers 4xx problem+json on the socket and closes
 * it.
 */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  answerOnSocket(socket, brokenRequestOf(error.code), requestId);
}
