import { EventEmitter } from 'node:events';

import type { RequestHandler } from 'express';

import { accessLog } from '../../../src/api/http/access-log.ts';
import { correlationId } from '../../../src/api/http/correlation-id.ts';
import { API_LIMITS } from '../../../src/api/limits.ts';
import { createRouteContext } from '../../../src/api/pipeline/route-context.ts';
import { serveRoute } from '../../../src/api/pipeline/serve-route.ts';
import { RequestError } from '../../../src/api/problem.ts';
import type { Route } from '../../../src/api/route.ts';
import type { AppServices } from '../../../src/api/services.ts';

/** A request as it arrives, without a socket. */
export interface SimRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SimResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as somebody has read it already. */
  read?: Record<string, unknown>;
}

export interface SimApi {
  serve(request: SimRequest): Promise<SimResponse>;
  /** Takes no more, and resolves when all that was taken has been answered. */
  drain(): Promise<void>;
}

const patterns = new Map<string, { match: RegExp; names: string[] }>();

function patternOf(path: string): { match: RegExp; names: string[] } {
  const known = patterns.get(path);
  if (known) return known;
  const names: string[] = [];
  const source = path.replace(/:(\w+)/g, (_, name: string) => {
    names.push(name);
    return '([^/]+)';
  });
  const pattern = { match: new RegExp(`^${source}$`), names };
  patterns.set(path, pattern);
  return pattern;
}

/** The real routes behind the real middleware; only Express and the sockets are left out. */
export function createSimApi(services: AppServices, routes: readonly Route[]): SimApi {
  let closing = false;
  const { handler: countRequest, open } = accessLog(services.logger);
  const nameRequest = correlationId(services.ids);
  const context = {
    ...createRouteContext({
      services,
      server: {
        version: '0.0.0-simulated',
        startedMs: services.clock.now(),
        pingMs: API_LIMITS.pingMs,
        ready: () => !closing && services.accepting(),
        caughtUp: false,
        openApi: () =>
          Promise.resolve({ type: '', etag: '', plain: Buffer.of(), gzip: Buffer.of() }),
      },
      logger: services.logger,
      limits: API_LIMITS,
      open: () => !closing,
    }),
    readBody: async (req: unknown) => {
      const { text } = req as { text: string | undefined };
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    readRaw: (req: unknown) => {
      const { text = '' } = req as { text: string | undefined };
      return Promise.resolve(Buffer.from(text));
    },
  };
  const handlers = new Map<Route, RequestHandler>();
  const table = routes.map((route) => ({ route, ...patternOf(route.path) }));

  function find(method: string, path: string) {
    const lowered = method.toLowerCase();
    for (const { route, match, names } of table) {
      if (route.method !== lowered) continue;
      const values = match.exec(path)?.slice(1);
      if (!values) continue;
      const params = names.map((name, i) => [name, decodeURIComponent(values[i] ?? '')]);
      return { route, params: Object.fromEntries(params) as Record<string, string> };
    }
    return undefined;
  }

  function handlerOf(route: Route): RequestHandler {
    let handler = handlers.get(route);
    if (!handler) handlers.set(route, (handler = serveRoute(route, context)));
    return handler;
  }

  return {
    serve: (request) =>
      new Promise((resolve) => {
        const { method, url } = request;
        const found = find(method, url.split('?', 1)[0] ?? '');
        const req = requestTo(request, found?.params ?? {}, found?.route);
        const res = responseTo(resolve);
        const pass = (handler: RequestHandler, next: () => void) =>
          handler(req as never, res as never, next as never);
        pass(nameRequest, () =>
          pass(countRequest, () => {
            if (found) return pass(handlerOf(found.route), () => undefined);
            context.fail(new RequestError('not_found', `there is nothing at ${url}`), res as never);
          }),
        );
      }),
    drain() {
      closing = true;
      return open.untilNone();
    },
  };
}

/**
 * As much of a request as the routes use; one that is signed is read byte by byte. Where a route has
 * a body limit of its own, its reader gets the body as it is parsed already: a stream would bring
 * turns of the real event loop into the world.
 */
function requestTo(
  { method, url, headers, body }: SimRequest,
  params: Readonly<Record<string, string>>,
  route: Route | undefined,
) {
  const parts = { method, url, headers, text: body, params };
  if (route?.bodyLimitBytes !== undefined && route.signed !== true && body !== undefined) {
    const length = String(Buffer.byteLength(body));
    const read = { complete: true, body: JSON.parse(body) as unknown };
    return { ...parts, ...read, headers: { ...headers, 'content-length': length } };
  }
  if (route?.signed !== true) return parts;
  return Object.assign(bytesOf(body ?? ''), parts, {
    get: (name: string) => headers[name.toLowerCase()],
  });
}

/**
 * The bytes of a body, for the reader of the product. A stream of Node takes several ticks for them,
 * and a world goes on after one.
 */
function bytesOf(body: string): EventEmitter {
  const bytes = new EventEmitter();
  bytes.on('newListener', (name) => {
    if (name !== 'end') return;
    queueMicrotask(() => {
      bytes.emit('data', Buffer.from(body));
      bytes.emit('end');
    });
  });
  return bytes;
}

/** As much of a response as the routes use. */
function responseTo(answer: (response: SimResponse) => void) {
  const headers: Record<string, string> = {};
  const listeners: (() => void)[] = [];
  const res = {
    locals: {},
    statusCode: 200,
    headersSent: false,
    writableFinished: false,
    destroyed: false,
    setHeader(name: string, value: unknown) {
      headers[name.toLowerCase()] = String(value);
    },
    once(_event: 'close', listener: () => void) {
      listeners.push(listener);
    },
    end(body = '') {
      if (res.headersSent) throw new Error('expected one answer to a request, found two');
      res.headersSent = true;
      res.writableFinished = true;
      for (const listener of listeners) listener();
      answer({ status: res.statusCode, headers, body });
    },
  };
  return res;
}
