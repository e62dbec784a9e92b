import type { Response } from 'express';

import type { Caller } from '../route.ts';

/** The context of one request, for the access log and the pipeline. */
export interface RequestContext {
  readonly correlationId: string;
  /** Monotonic, in ms. */
  readonly startedMs: number;
  /** The pattern of the route, never the path: paths contain ids. */
  route: string;
  caller: Caller | undefined;
  /** The code of the problem that it was answered with. */
  errorCode: string | undefined;
}

const KEY = 'exchange';

export function beginRequest(res: Response, correlationId: string): RequestContext {
  const exchange: RequestContext = {
    correlationId,
    startedMs: performance.now(),
    route: '',
    caller: undefined,
    errorCode: undefined,
  };
  res.locals[KEY] = exchange;
  return exchange;
}

export function requestContextOf(res: Response): RequestContext {
  return res.locals[KEY] as RequestContext;
}
