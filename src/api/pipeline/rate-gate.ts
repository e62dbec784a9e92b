import type { Request, Response } from 'express';

import { TillstreamError } from '../../domain/kernel/errors.ts';
import { type CacheKey, cacheKey, SYSTEM_STORE } from '../../domain/kernel/names.ts';
import { networkOf } from '../../lib/network.ts';
import { type LimiterName, LIMITERS } from '../../ports/rate-limit-definitions.ts';
import { addressOf } from '../http/address.ts';
import type { Caller, Route } from '../route.ts';
import type { Services } from '../services.ts';
import { rateHeaders, type Taken, tooMany } from './limiters.ts';

/** Applies the limiters of one route. */
export interface RateGate {
  /** Limits by network address, before the caller is known. @throws TillstreamError */
  arrived(req: Request, res: Response): Promise<void>;
  /** Limits by shop, user and route. @throws TillstreamError too_many_requests */
  known(caller: Caller, res: Response): Promise<void>;
  /** The error of a request that was not authenticated, or 429 for too many of them. */
  refused(error: unknown, req: Request): Promise<unknown>;
}

const OF_CALLERS: readonly LimiterName[] = ['requests', 'caller'];

export function createRateGate(
  route: Pick<Route, 'limiters' | 'raw'>,
  services: Services,
): RateGate {
  const { limiters, clock } = services;
  const own = route.raw ? [] : (route.limiters ?? []);
  const byAddress = (name: LimiterName) => LIMITERS[name].by === 'address';
  const before: readonly LimiterName[] = ['address', ...own.filter(byAddress)];
  const after = [...OF_CALLERS, ...own.filter((name) => !byAddress(name))];

  async function take(names: readonly LimiterName[], keyOf: (name: LimiterName) => CacheKey) {
    // All at once: where they are shared, each is a round trip.
    const takes = names.flatMap((name) => limiters.take(name, keyOf(name)) ?? []);
    return takes.length === 0 ? [] : Promise.all(takes);
  }

  function pass(taken: readonly Taken[], res: Response): void {
    for (const [name, value] of Object.entries(rateHeaders(taken))) {
      const earlier = res.getHeader(name);
      res.setHeader(name, earlier === undefined ? value : `${String(earlier)}, ${value}`);
    }
    const denied = taken.find(({ result }) => !result.allowed);
    if (denied) throw tooMany(denied, clock.now());
  }

  return {
    async arrived(req, res) {
      const taken = await take(before, () => addressKey(req));
      if (taken.length > 0) pass(taken, res);
    },
    async known(caller, res) {
      const { shop, actor } = caller;
      const taken = await take(after, (name) => {
        const { by } = LIMITERS[name];
        if (by === 'shop') return cacheKey('caller', shop.id, 'requests');
        return cacheKey('caller', shop.id, actor.kind, actor.id);
      });
      if (taken.length > 0) pass(taken, res);
    },
    async refused(error, req) {
      if (!(error instanceof TillstreamError) || error.kind !== 'unauthenticated') return error;
      const [taken] = await take(['unauthenticated'], () => addressKey(req));
      return taken && !taken.result.allowed ? tooMany(taken, clock.now()) : error;
    },
  };
}

const addressKey = (req: Request) => limitKeyOf(addressOf(req) ?? 'unknown');

/** What limiters by network address count. */
export function limitKeyOf(address: string): CacheKey {
  return cacheKey('caller', SYSTEM_STORE, 'address', networkOf(address));
}
