import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Fault, FaultRates, Faults } from './faults.ts';

const MAX_BODY_BYTES = 1_048_576;
const SLOW_MS = 1_000;

export interface SimRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  /** The parsed JSON; undefined: there is none, or it is none. */
  readonly body: unknown;
  /** As it came. */
  readonly text: string;
}

export interface SimReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A simulated provider, without a network. */
export interface SimulatedProvider {
  readonly faults: Faults;
  handle(request: SimRequest): SimReply;
  /** The error body of the provider for a status that a fault sets. */
  errorBody(status: number): unknown;
  /** Reads that follow show what was before the newest change, until `fresh` is called. */
  stale(): void;
  fresh(): void;
  /** Requests of tests below `/control`; undefined: there is nothing at that path. */
  control(request: SimRequest): SimReply | undefined;
}

export interface RunningSimulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** A provider as a real HTTP server on this machine. */
export async function startSimulator(
  provider: SimulatedProvider,
  port: number,
): Promise<RunningSimulator> {
  const timers = new Set<NodeJS.Timeout>();
  const wait = (ms: number) => new Promise<void>((resolve) => timers.add(setTimeout(resolve, ms)));
  const server = createServer((req, res) => {
    void answer(provider, wait, req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  provider: SimulatedProvider,
  wait: (ms: number) => Promise<void>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const request = await requestOf(req);
  if (request.path.startsWith('/control')) {
    send(res, controlled(provider, request) ?? { status: 404, body: { error: 'not_found' } });
    return;
  }
  const fault = provider.faults.next(request.method, request.path);
  if (fault?.kind === 'slow') await wait(fault.delayMs ?? SLOW_MS);
  meet(provider, fault, request, res);
}

/** Carries the request out as far as its fault lets it. */
function meet(
  provider: SimulatedProvider,
  fault: Fault | undefined,
  request: SimRequest,
  res: ServerResponse,
): void {
  switch (fault?.kind) {
    case 'status': {
      const { status = 503, retryAfterS } = fault;
      const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
      send(res, { status, body: provider.errorBody(status), headers });
      return;
    }
    case 'html':
      res.writeHead(fault.status ?? 502, { 'content-type': 'text/html' });
      res.end('<html><body><h1>Bad gateway</h1></body></html>');
      return;
    case 'error-200':
      send(res, { status: 200, body: provider.errorBody(500) });
      return;
    case 'lost-before':
      res.destroy();
      return;
    case 'lost-after':
      provider.handle(request);
      res.destroy();
      return;
    case 'truncated':
      truncate(res, provider.handle(request));
      return;
    case 'stale':
      provider.stale();
      send(res, provider.handle(request));
      provider.fresh();
      return;
    default:
      send(res, provider.handle(request));
  }
}

/**
 * `PUT /control/faults` plans faults, or sets their rates; `DELETE` forgets those that are planned.
 * `GET` shows both.
 */
function controlled(provider: SimulatedProvider, request: SimRequest): SimReply | undefined {
  const { method, path, body } = request;
  if (path !== '/control/faults') return provider.control(request);
  if (method === 'PUT' && Array.isArray(body)) provider.faults.plan(body as Fault[]);
  else if (method === 'PUT') provider.faults.setRates(body as Partial<FaultRates>);
  if (method === 'DELETE') provider.faults.clear();
  return { status: 200, body: provider.faults.report() };
}

async function requestOf(req: IncomingMessage): Promise<SimRequest> {
  const url = new URL(req.url ?? '/', 'http://simulator');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the body exceeds the limit');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: req.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    header: (name) => {
      const value = req.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    body: jsonOf(text),
    text,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function send(res: ServerResponse, { status, body, headers = {} }: SimReply): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

/** Says how long the response is, and ends in the middle. */
function truncate(res: ServerResponse, { status, body }: SimReply): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': String(length) });
  res.write(text.slice(0, Math.floor(text.length / 2)), () => res.destroy());
}
