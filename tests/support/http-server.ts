import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Of `*.example.test`, `localhost` and `127.0.0.1`; trusted by nothing but tests. */
export const TEST_AUTHORITY = readFileSync(new URL('tls/certificate.pem', import.meta.url), 'utf8');
const KEY = readFileSync(new URL('tls/key.pem', import.meta.url), 'utf8');

export interface TestServer {
  readonly port: number;
  /** Requests in the order they came: method, url, headers and body. */
  readonly requests: { method: string; url: string; headers: Headers; body: string }[];
  stop(): Promise<void>;
}

type Headers = IncomingMessage['headers'];

/** A real HTTP server on 127.0.0.1 that answers by the listener once it has the whole body. */
export async function startHttpServer(
  answer: (request: { url: string; body: string }, ...rest: Parameters<RequestListener>) => void,
  { tls = false } = {},
): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  const listener: RequestListener = (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = req;
      requests.push({ method, url, headers, body });
      answer({ url, body }, req, res);
    });
  };
  const server: Server = tls
    ? createHttps({ cert: TEST_AUTHORITY, key: KEY }, listener)
    : createHttp(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
