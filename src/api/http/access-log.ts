import type { RequestHandler } from 'express';

import type { Logger } from '../../ports/logger.ts';
import { requestContextOf } from './request-context.ts';
import type { FinishedRequest } from './request-metrics.ts';

/** Requests that have begun and not ended. */
export interface OpenRequests {
  count(): number;
  /** Resolves when none is open. */
  untilNone(): Promise<void>;
}

/**
 * Logs one line per request, without secrets: no headers, bodies or paths. Successful requests are
 * logged at debug, so that a busy shop's log stays readable and cheap.
 */
export function accessLog(
  logger: Logger,
  measure: (request: FinishedRequest) => void = () => undefined,
): { handler: RequestHandler; open: OpenRequests } {
  let count = 0;
  let waiting: (() => void)[] = [];

  const handler: RequestHandler = (req, res, next) => {
    count += 1;
    res.once('close', () => {
      const context = requestContextOf(res);
      const { correlationId, startedMs, route, caller } = context;
      const status = res.statusCode;
      const ms = performance.now() - startedMs;
      measure({ method: req.method, status, seconds: ms / 1_000, context });
      const line = {
        method: req.method,
        route,
        status,
        ms: Math.round(ms * 100) / 100,
        store: caller?.shop.id,
        caller: caller?.actor.id,
        correlationId,
        ...(!res.writableFinished && { aborted: true }),
      };
      if (status < 400) logger.debug(line, 'request');
      else if (status < 500) logger.info(line, 'request');
      else logger.warn(line, 'request');
      count -= 1;
      if (count > 0) return;
      for (const wake of waiting) wake();
      waiting = [];
    });
    next();
  };

  const open: OpenRequests = {
    count: () => count,
    untilNone: () =>
      count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
  return { handler, open };
}
