import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { ErrorCode } from '../domain/kernel/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ApiLimits } from './limits.ts';
import type { OpenRequests } from './middleware/access-log.ts';
import { docUrlOf, PROBLEM_TYPE } from './problem.ts';

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
  readonly logger: Logger;
}

export function createListener(options: ListenerOptions): Listener {
  const { handler, limits, open, clock, logger } = options;
  const server = createServer(
    {
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.connectionsCheckMs,
    },
    handler,
  );
  server.maxConnections = limits.connections;
  server.on('clientError', answerBrokenRequest);
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
      logger.warn({ open: open.count, drainMs }, 'requests were cut off by the stop');
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
    default:
      return error;
  }
}

/**
 * What is not HTTP, or came too slowly, has no request to answer: it gets a problem and the door.
 */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [line, detail] = brokenRequest(error.code);
  const code: ErrorCode = 'invalid_request';
  const body = JSON.stringify({
    type: docUrlOf(code),
    title: line.slice(4),
    status: Number(line.slice(0, 3)),
    code,
    detail,
    errors: [],
    docUrl: docUrlOf(code),
    retryable: false,
  });
  const head = [
    `HTTP/1.1 ${line}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function brokenRequest(code: string | undefined): readonly [string, string] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', 'the request did not arrive in time'];
    case 'HPE_HEADER_OVERFLOW':
      return ['431 Request Header Fields Too Large', 'expected at most 16 KiB of headers'];
    default:
      return ['400 Bad Request', 'expected a request in HTTP/1.1'];
  }
}
