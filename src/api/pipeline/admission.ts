import type { ApiLimits } from '../limits.ts';
import { RequestError } from '../problem.ts';

/** Counts requests in flight and rejects those above the limits. */
export interface Admission {
  /**
   * Each `enter` that returns needs one `leave`.
   * @throws RequestError too_many_requests, overloaded.
   */
  enter(storeId: string): void;
  leave(storeId: string): void;
}

export function createAdmission(
  limits: Pick<ApiLimits, 'concurrentRequests' | 'concurrentPerShop'>,
): Admission {
  const { concurrentRequests, concurrentPerShop: concurrentPerShop } = limits;
  const perStore = new Map<string, number>();
  let all = 0;
  return {
    enter(storeId) {
      const mine = perStore.get(storeId) ?? 0;
      if (mine >= concurrentPerShop) {
        throw new RequestError(
          'too_many_requests',
          `expected at most ${concurrentPerShop} requests of one store at a time`,
        );
      }
      if (all >= concurrentRequests) {
        throw new RequestError(
          'overloaded',
          `expected at most ${concurrentRequests} requests at a time`,
        );
      }
      perStore.set(storeId, mine + 1);
      all += 1;
    },
    leave(storeId) {
      perStore.set(storeId, (perStore.get(storeId) ?? 1) - 1);
      all -= 1;
    },
  };
}
