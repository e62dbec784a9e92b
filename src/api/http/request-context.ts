import type { Response } from 'express';

import type { Caller } from '../route.ts';

/** What is known of a request while it lasts. */
export interface Exchange {
  readonly correlationId: string;
  /** Monotonic, in ms. */
  readonly startedMs: number;
  /** The pattern of the route, never the path: paths hold ids. */
  route: string;
  caller: Caller | undefined;
}

const KEY = 'exchange';

export function beginExchange(res: Response, correlationId: string): Exchange {
  const exchange: Exchange = {
    correlationId,
    startedMs: performance.now(),
    route: '',
    caller: undefined,
  };
  res.locals[KEY] = exchange;
  return exchange;
}

export function exchangeOf(res: Response): Exchange {
  return res.locals[KEY] as Exchange;
}
