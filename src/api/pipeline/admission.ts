import type { ApiLimits } from '../limits.ts';
import { RequestError } from '../problem.ts';

/** Counts the requests in progress, and refuses more than the server can hold. */
export interface Admission {
  /** @throws RequestError too_many_requests, overloaded. Call `leave` once for each. */
  enter(storeId: string): void;
  leave(storeId: string): void;
}

export function createAdmission(
  limits: Pick<ApiLimits, 'concurrentRequests' | 'concurrentPerShop'>,
): Admission {
  const { concurrentRequests, concurrentPerShop } = limits;
  const perShop = new Map<string, number>();
  let all = 0;
  return {
    enter(storeId) {
      const own = perShop.get(storeId) ?? 0;
      if (own >= concurrentPerShop) {
        throw new RequestError(
          'too_many_requests',
          `expected at most ${concurrentPerShop} requests of one shop at a time`,
        );
      }
      if (all >= concurrentRequests) {
        throw new RequestError(
          'overloaded',
          `expected at most ${concurrentRequests} requests at a time`,
        );
      }
      perShop.set(storeId, own + 1);
      all += 1;
    },
    leave(storeId) {
      const left = (perShop.get(storeId) ?? 1) - 1;
      if (left > 0) perShop.set(storeId, left);
      else perShop.delete(storeId);
      all -= 1;
    },
  };
}
