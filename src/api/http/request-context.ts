import type { Response } from 'express';

import type { Caller } from '../route.ts';

/** What is known of a request while it lasts. */
export interface RequestContext {
  readonly correlationId: string;
  /** Monotonic, in ms. */
  readonly startedMs: number;
  /** The pattern of the route, never the path: paths hold ids. */
  route: string;
  caller: Caller | undefined;
}

const KEY = 'exchange';

export function beginRequest(res: Response, correlationId: string): RequestContext {
  const exchange: RequestContext = {
    correlationId,
    startedMs: performance.now(),
    route: '',
    caller: undefined,
  };
  res.locals[KEY] = exchange;
  return exchange;
}

export function requestContextOf(res: Response): RequestContext {
  return res.locals[KEY] as RequestContext;
}
