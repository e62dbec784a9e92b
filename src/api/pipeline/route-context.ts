import { InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { Reads } from '../../engine/projections/reads.ts';
import { derived } from '../../lib/derived.ts';
import { createKeyedSemaphore } from '../../lib/keyed-semaphore.ts';
import type { Logger } from '../../ports/logger.ts';
import { createBodyReader, createRawReader } from '../http/body.ts';
import { createByteBudget } from '../http/byte-budget.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { ApiLimits } from '../limits.ts';
import { sendProblem } from '../problem.ts';
import type { AppServices, ServerState } from '../services.ts';
import { createAdmission } from './admission.ts';
import { createAuthenticator } from './authenticate.ts';
import { createDeadlines } from './deadlines.ts';
import { createReads } from './reads.ts';
import type { RouteContext } from './serve-route.ts';

export interface RouteContextOptions {
  readonly services: AppServices;
  readonly server: ServerState;
  readonly logger: Logger;
  readonly limits: ApiLimits;
  /** True until the server begins to stop. */
  readonly open: () => boolean;
}

/** Shared by all routes of a running system. Independent of sockets: the simulation uses it too. */
export function createRouteContext(options: RouteContextOptions): RouteContext {
  const { services, server, logger, limits, open } = options;
  const { readStore: _bound, ...offered } = services;
  return {
    services: { ...offered, server },
    limits,
    admission: createAdmission(limits),
    publicAdmission: createAdmission({
      concurrentRequests: limits.concurrentPublic,
      concurrentPerShop: limits.concurrentPublic,
    }),
    bodies: createByteBudget(limits.heldBodyBytes),
    heavy: createKeyedSemaphore(limits.concurrentHeavyPerShop),
    authenticate: createAuthenticator(services),
    deadlines: createDeadlines(services.clock),
    readBody: createBodyReader(limits.bodyBytes),
    readRaw: createRawReader(limits.bodyBytes),
    readsOf: readsPerStore(services),
    open,
    fail: createFailure(logger),
  };
}

function readsPerStore({ projections, readStore, shops }: AppServices): (storeId: string) => Reads {
  const reads = new Map<string, Reads>();
  const readsOf = derived(shops, (current) => {
    for (const { id } of current) {
      if (!reads.has(id)) reads.set(id, createReads(projections, readStore, id));
    }
    return reads;
  });
  const ofSystem = createReads(projections, readStore, SYSTEM_STORE);
  return (storeId) => {
    if (storeId === SYSTEM_STORE) return ofSystem;
    const mine = readsOf().get(storeId);
    if (!mine) throw new InvariantError('a configured shop', { storeId });
    return mine;
  };
}

/** Responds to every error; logs bugs and storage failures with details that callers do not get. */
function createFailure(logger: Logger): RouteContext['fail'] {
  return (error, res) => {
    const context = requestContextOf(res);
    const { correlationId: id, route } = context;
    const known = error instanceof TillstreamError && error.kind !== 'internal';
    context.errorCode = known ? error.code : 'internal';
    const kind = error instanceof TillstreamError ? error.kind : 'internal';
    if (kind === 'internal' || kind === 'unavailable') {
      const fields = { correlationId: id, route, ...describe(error) };
      if (kind === 'unavailable') logger.warn(fields, 'a request could not be carried out');
      else logger.error(fields, 'a request met a bug');
    }
    if (!res.headersSent && !res.destroyed) sendProblem(res, error, id);
  };
}

function describe(error: unknown): Record<string, string | undefined> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { name, message, stack, cause } = error;
  return { name, error: message, stack, ...(cause instanceof Error && { cause: cause.message }) };
}
