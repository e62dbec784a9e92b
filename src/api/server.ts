import { setImmediate } from 'node:timers/promises';

import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';

import { InvariantError } from '../domain/kernel/errors.ts';
import type { Logger } from '../ports/logger.ts';
import { accessLog } from './http/access-log.ts';
import { correlationId } from './http/correlation-id.ts';
import { createListener, type Listener } from './http/listener.ts';
import { requestContextOf } from './http/request-context.ts';
import { createRequestMetrics } from './http/request-metrics.ts';
import { apiHeaders } from './http/security-headers.ts';
import { createStaticContent, type StaticContent } from './http/static-content.ts';
import { API_LIMITS, type ApiLimits } from './limits.ts';
import { docsPages } from './openapi/docs-pages.ts';
import { writeOpenApi } from './openapi/document.ts';
import { createRouteContext } from './pipeline/route-context.ts';
import { PUBLIC, type RouteContext, serveRoute } from './pipeline/serve-route.ts';
import { RequestError } from './problem.ts';
import type { Route } from './route.ts';
import type { AppServices, ServerState } from './services.ts';
import { registerFormats } from './validation/formats.ts';

export interface ApiOptions {
  readonly services: AppServices;
  readonly routes: readonly Route[];
  readonly logger: Logger;
  /** The product's version, for /health and the OpenAPI document. */
  readonly version: string;
  readonly limits?: Partial<ApiLimits>;
  /** Proxies whose `X-Forwarded-For` is believed: addresses and networks. Default none. */
  readonly trustedProxies?: readonly string[];
}

export interface Api extends Listener {
  readonly app: Express;
  /** All routes, in order. */
  readonly routes: readonly Route[];
}

/** The HTTP side of the running system. It listens once `listen` is called. */
export function createApi(options: ApiOptions): Api {
  const { services, logger, version } = options;
  const limits: ApiLimits = { ...API_LIMITS, ...options.limits };
  registerFormats();
  const { metrics, shops, denials } = services;
  const measure = createRequestMetrics({ metrics, shops, clock: services.clock, denials });
  const accesses = accessLog(logger, measure);
  metrics.onScrape(() => {
    metrics.set('http_requests_in_progress', {}, accesses.open.count());
  });
  let closing = false;
  const open = () => !closing;
  let document: Promise<StaticContent> | undefined;
  const server: ServerState = {
    version,
    startedMs: services.clock.now(),
    pingMs: limits.pingMs,
    ready: () => open() && services.accepting(),
    caughtUp: false,
    // Made when it is first asked for, and once.
    openApi: () => (document ??= openApiContent(routes, version)),
  };
  const { routes } = options;
  const context = createRouteContext({ services, server, logger, limits, open });
  const { fail } = context;

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.set(
    'trust proxy',
    (options.trustedProxies ?? []).map((part) => part.trim()).filter((part) => part !== ''),
  );
  app.use(correlationId(services.ids), accesses.handler, (_req, res, next) => {
    if (closing) res.setHeader('Connection', 'close');
    next();
  });
  app.use('/docs', limitPublic(context), docsPages());
  app.use(apiHeaders());
  app.get('/', (_req, res) => {
    requestContextOf(res).route = '/';
    res.redirect(302, '/docs');
  });

  addRoutes(app, routes, context);
  app.use((req, res) => {
    fail(new RequestError('not_found', `there is nothing at ${req.method} ${req.path}`), res);
  });
  const onError: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
    fail(asProblem(error), res);
  };
  app.use(onError);

  const handler = app as unknown as Parameters<typeof createListener>[0]['handler'];
  const { clock, ids } = services;
  const listener = createListener({ handler, limits, open: accesses.open, clock, ids, logger });
  return {
    app,
    routes,
    listen: (where) => listener.listen(where),
    close() {
      closing = true;
      return listener.close();
    },
  };
}

/** Pages need no key, so they are limited together, as if one shop asked for all of them. */
function limitPublic({ publicAdmission: admission, fail }: RouteContext): RequestHandler {
  return (_req, res, next) => {
    try {
      admission.enter(PUBLIC);
    } catch (error) {
      fail(error, res);
      return;
    }
    res.once('close', () => admission.leave(PUBLIC));
    next();
  };
}

async function openApiContent(routes: readonly Route[], version: string): Promise<StaticContent> {
  const text = await writeOpenApi({ routes, version, rest: () => setImmediate() });
  return createStaticContent('application/json; charset=utf-8', text);
}

/** Routes in their order, and for each path an answer to the methods that it does not have. */
function addRoutes(app: Express, routes: readonly Route[], context: RouteContext): void {
  const methods = new Map<string, Set<string>>();
  const ids = new Set<string>();
  for (const route of routes) {
    const known = methods.get(route.path) ?? new Set<string>();
    if (ids.has(route.operationId) || known.has(route.method)) {
      throw new InvariantError('each operation to be declared once', { id: route.operationId });
    }
    ids.add(route.operationId);
    methods.set(route.path, known.add(route.method));
    app[route.method](route.path, serveRoute(route, context));
  }
  for (const [path, known] of methods) {
    const allow = [...known, ...(known.has('get') ? ['head'] : []), 'options']
      .map((method) => method.toUpperCase())
      .join(', ');
    app.all(path, (req, res) => {
      requestContextOf(res).route = path;
      res.setHeader('Allow', allow);
      if (req.method === 'OPTIONS') {
        res.statusCode = 204;
        res.end();
        return;
      }
      const detail = `expected ${allow} at ${path}, found ${req.method}`;
      context.fail(new RequestError('method_not_allowed', detail), res);
    });
  }
}

/** The router itself only rejects a path that it cannot decode. */
function asProblem(error: unknown): unknown {
  const status = (error as { status?: unknown } | undefined)?.status;
  if (status !== 400) return error;
  return new RequestError('invalid_request', 'expected a path in valid percent-encoding', [
    { in: 'path', path: '', message: 'expected valid percent-encoding' },
  ]);
}
