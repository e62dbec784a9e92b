import type { Request, RequestHandler, Response } from 'express';

import { InvariantError } from '../../domain/kernel/errors.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { Position } from '../../domain/kernel/position.ts';
import type { ReadCached } from '../../engine/projections/cached-read.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import type { KeyedSemaphore } from '../../lib/keyed-semaphore.ts';
import { originOf } from '../http/address.ts';
import { bodyText, createBodyReader, RequestAbortedError } from '../http/body.ts';
import type { ByteBudget } from '../http/byte-budget.ts';
import { noWriteHeaders, readPosition, readWriteHeaders } from '../http/headers.ts';
import { type RequestContext, requestContextOf } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { sendEvents } from '../http/send-events.ts';
import type { ApiLimits } from '../limits.ts';
import { RequestError } from '../problem.ts';
import type { ApiRequest, ApiResponse, Caller, LiveStream, RawRequest, Route } from '../route.ts';
import type { Services } from '../services.ts';
import { searchOf } from '../validation/query.ts';
import { createRequestCheck, takesBody } from '../validation/request-check.ts';
import { createSchemaCheck } from '../validation/schema-check.ts';
import type { Admission } from './admission.ts';
import { authorize } from './authenticate.ts';
import { inBranch } from './branch.ts';
import type { Deadlines } from './deadlines.ts';
import { isDenial, recordDenial } from './denials.ts';
import { createRateGate } from './rate-gate.ts';
import { readsFrom } from './reads.ts';
import { createRouteRequest } from './route-request.ts';

/** Shared by all routes. */
export interface RouteContext {
  readonly services: Services;
  readonly limits: ApiLimits;
  readonly admission: Admission;
  /** Apart from shops, so that health is answered while the server is full. */
  readonly publicAdmission: Admission;
  readonly bodies: ByteBudget;
  /** Heavy requests in progress, by shop. */
  readonly heavy: KeyedSemaphore;
  readonly authenticate: (authorization: string | undefined) => Caller | Promise<Caller>;
  readonly deadlines: Deadlines;
  readonly readBody: (req: Request, res: Response) => Promise<unknown>;
  /** Reads a body as it came. */
  readonly readRaw: (req: Request, res: Response) => Promise<Uint8Array>;
  readonly readsOf: (storeId: string) => Reads;
  /** True until the server begins to stop. */
  readonly open: () => boolean;
  /** Responds with the problem and logs bugs. */
  readonly fail: (error: unknown, res: Response) => void;
}

/** Requests without a key are limited as if they came from one shop; no shop has this id. */
export const PUBLIC = '';
const LARGE_BYTES = 65_536;

const NO_CALLER = Object.freeze({
  get shop(): never {
    throw new InvariantError('a public route to touch no shop');
  },
  get actor(): never {
    throw new InvariantError('a public route to know no caller');
  },
  get grants(): never {
    throw new InvariantError('a public route to know no roles');
  },
}) as Caller;

const NO_READS: Reads = {
  get: () => Promise.reject(new InvariantError('a public route to read no documents')),
  find: () => Promise.reject(new InvariantError('a public route to read no documents')),
};

const NO_CACHE: ReadCached = (_read, _parts, load) => load();

const wantsEvents = (req: Request) => headerOf(req, 'accept') === 'text/event-stream';

function streamOf(req: Request, res: Response): LiveStream {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  if (res.destroyed) gone.abort();
  const lastEventId = headerOf(req, 'last-event-id');
  return { signal: gone.signal, ...(lastEventId !== undefined && { lastEventId }) };
}

function signedOf(req: Request): NonNullable<ApiRequest<unknown, unknown, unknown>['signed']> {
  return { body: bodyText(req), header: (name) => req.get(name) };
}

/**
 * A route as an Express handler: authenticates, admits and validates the request, runs the handler
 * and checks its response. Everything that can be prepared is prepared here, once.
 */
export function serveRoute(route: Route, context: RouteContext): RequestHandler {
  const { services, limits, bodies, authenticate, readsOf, open, fail } = context;
  const admission = route.permission === 'public' ? context.publicAdmission : context.admission;
  const { permission, bodyLimitBytes } = route;
  const isOwn = bodyLimitBytes !== undefined || route.signed === true;
  const readBody = isOwn
    ? createBodyReader(bodyLimitBytes ?? limits.bodyBytes, { keepsText: route.signed === true })
    : context.readBody;
  const maxBodyBytes = bodyLimitBytes ?? limits.bodyBytes;
  const request = createRequestCheck(route, limits);
  const answer = createSchemaCheck(route.response, 'body');
  const reads = route.method === 'get';
  const gate = createRateGate(route, services);
  const deadlineMs = route.deadlineMs ?? limits.deadlineMs;
  const withBody = takesBody(route);

  async function carryOut(
    req: Request,
    res: Response,
    exchange: RequestContext,
    { begin, stop }: { readonly begin: () => void; readonly stop: () => void },
  ): Promise<void> {
    const caller = exchange.caller ?? NO_CALLER;
    const given = withBody && !route.raw ? await readBody(req, res) : undefined;
    begin();
    const body = given === undefined && !route.body ? {} : given;
    const query = route.raw ? {} : request.readQuery(searchOf(req.url));
    const wanted = reads ? positionFrom(req, query) : undefined;
    const params = req.params as Record<string, string>;
    const key = exchange.caller?.shop.id ?? PUBLIC;
    const isLarge = (declaredBytes(req) ?? maxBodyBytes) > LARGE_BYTES;
    // Reading, checking and deciding a large request each get a turn of their own.
    if (isLarge) await services.turns.take(key);
    request.check({ params, query, body });
    if (isLarge) await services.turns.take(key);
    const headers = route.write ? readWriteHeaders(req.headers) : noWriteHeaders();
    const asked = createRouteRequest({
      route,
      services,
      caller,
      correlationId: exchange.correlationId,
      origin: originOf(req, exchange.caller),
      headers,
      reads: exchange.caller ? readsAt(wanted, caller) : NO_READS,
      cached: exchange.caller ? cachedAt(wanted, caller) : NO_CACHE,
      params,
      query,
      body,
      ...(route.signed && { signed: signedOf(req) }),
      ...(route.raw && { raw: rawOf(req, res) }),
    });
    if (route.live && wantsEvents(req)) {
      stop();
      await sendEvents(res, route.live(asked.request, services, streamOf(req, res)));
      return;
    }
    const response = await route.handle(asked.request, services);
    checkAnswer(response);
    // The deadline has passed, and the caller has its response.
    if (res.headersSent) return;
    if (asked.repeated()) res.setHeader('Tillstream-Repeated', 'true');
    await respond(req, res, response, { sensitive: route.sensitive === true });
  }

  const rawOf = (req: Request, res: Response): RawRequest => ({
    header: (name) => headerOf(req, name),
    query: searchOf(req.url),
    readBody: () => context.readRaw(req, res),
  });

  async function identify(req: Request): Promise<Caller> {
    try {
      return await authenticate(req.headers.authorization);
    } catch (error) {
      throw await gate.refused(error, req);
    }
  }

  /** What is recorded before the processes are enabled, or as they stop, would wait for them. */
  function assertServing(): void {
    if (route.servesAlways || (open() && services.accepting())) return;
    throw new RequestError('shutting_down', 'the server starts or stops; ask again soon');
  }

  /** Limits the wait for its turn, and then the work. The arrival of the body has its own limit. */
  function deadlineOf(res: Response) {
    if (deadlineMs === 0) return { begin: () => undefined, stop: () => undefined };
    const late = (code: 'overloaded' | 'deadline_exceeded') => () => {
      fail(new RequestError(code, `the request took longer than ${deadlineMs} ms`), res);
    };
    let stop = context.deadlines.watch(deadlineMs, late('overloaded'));
    return {
      begin: () => {
        stop();
        if (!res.destroyed) stop = context.deadlines.watch(deadlineMs, late('deadline_exceeded'));
      },
      stop: () => stop(),
    };
  }

  function readsAt(position: Position | undefined, { shop }: Caller): Reads {
    const own = readsOf(route.scope === 'system' ? SYSTEM_STORE : shop.id);
    if (!position) return own;
    return readsFrom(own, position, services.projections, limits.positionWaitMs);
  }

  function cachedAt(position: Position | undefined, { shop }: Caller): ReadCached {
    return (read, parts, load) =>
      services.readCache.read(read, { storeId: shop.id, parts, position, load });
  }

  /** `?position=` is for callers that cannot set headers; no route declares it in its query. */
  function positionFrom(req: Request, query: Record<string, unknown>): Position | undefined {
    const wanted = readPosition(req.headers, query['position']);
    delete query['position'];
    return wanted;
  }

  function checkAnswer({ body }: ApiResponse<unknown>): void {
    if (answer.fits(body)) return;
    const [first] = answer.violations(body, 1);
    throw new InvariantError(`the answer of ${route.operationId} to fit its schema`, {
      path: first?.path,
      problem: first?.message.replace(/, found .*$/s, ''),
    });
  }

  /** The root of the request's spans; the correlation id is that of its log line and events. */
  function traced(exchange: RequestContext, run: () => Promise<void>): Promise<void> {
    if (!services.tracer) return run();
    const { correlationId: correlation_id } = exchange;
    const attributes = { correlation_id, operation: route.operationId };
    return services.tracer.span(`${route.method.toUpperCase()} ${route.path}`, attributes, run);
  }

  return (req, res) => {
    const exchange = requestContextOf(res);
    exchange.route = route.path;
    const leave: (() => void)[] = [];
    const deadline = deadlineOf(res);
    leave.push(deadline.stop);
    // A request counts until its response has been sent: an unread one takes memory as well.
    let closed = false;
    res.once('close', () => {
      closed = true;
      for (const give of leave) give();
    });
    const beginHeavy = async (storeId: string) => {
      const release = await context.heavy.acquire(storeId);
      if (closed) release();
      else leave.push(release);
      // Those that waited begin one after the other, with other work in between.
      await services.turns.take(storeId);
    };
    const run = async () => {
      const admit = (storeId: string) => {
        if (closed) throw new RequestAbortedError('the connection ended before its turn');
        admission.enter(storeId);
        leave.push(() => admission.leave(storeId));
        if (!withBody) return;
        const bytes = Math.min(declaredBytes(req) ?? maxBodyBytes, maxBodyBytes);
        leave.push(bodies.take(storeId, bytes));
      };
      await gate.arrived(req, res);
      if (permission === 'public') {
        assertServing();
        admit(PUBLIC);
      } else {
        const caller = inBranch(await identify(req), req.headers);
        exchange.caller = caller;
        authorize(permission, caller);
        assertServing();
        await gate.known(caller, res);
        admit(caller.shop.id);
        if (route.heavy && !(route.live && wantsEvents(req))) await beginHeavy(caller.shop.id);
      }
      if (withBody) deadline.stop();
      await carryOut(req, res, exchange, deadline);
    };
    return traced(exchange, run).catch(async (error: unknown) => {
      if (error instanceof RequestAbortedError) return;
      if (isDenial(error)) {
        const origin = originOf(req, exchange.caller);
        await recordDenial(services, route, { ...exchange, origin }, error);
      }
      fail(error, res);
    });
  };
}

/** Undefined for one that came several times, too: it must not be read in two ways. */
function headerOf({ headers }: Request, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for a body whose length is known only when it has come. */
function declaredBytes({ headers }: Request): number | undefined {
  const length = headers['content-length'];
  if (length !== undefined && /^\d{1,15}$/.test(length)) return Number(length);
  return headers['transfer-encoding'] === undefined ? 0 : undefined;
}
