import { RequestError } from '../problem.ts';

/** Bodies smaller than this are counted as if they were this large. */
const MIN_BYTES = 4_096;

/** Memory for the bodies of requests that are read or carried out. */
export interface ByteBudget {
  /**
   * Takes room for a body; returns what gives it back, once.
   * @throws RequestError too_many_requests (the shop holds its share), overloaded.
   */
  take(storeId: string, bytes: number): () => void;
}

/** A shop gets at most half of it. One body is always taken when nothing else is held. */
export function createByteBudget(maxBytes: number): ByteBudget {
  const perShop = new Map<string, number>();
  let held = 0;
  return {
    take(storeId, declaredBytes) {
      const bytes = Math.max(declaredBytes, MIN_BYTES);
      const own = perShop.get(storeId) ?? 0;
      if (own > 0 && own + bytes > maxBytes / 2) {
        throw new RequestError(
          'too_many_requests',
          'the requests of this shop hold as many bytes as they may; ask again soon',
        );
      }
      if (held > 0 && held + bytes > maxBytes) {
        throw new RequestError(
          'overloaded',
          'the requests in progress hold as many bytes as they may; ask again soon',
        );
      }
      perShop.set(storeId, own + bytes);
      held += bytes;
      let returned = false;
      return () => {
        if (returned) return;
        returned = true;
        held -= bytes;
        const left = (perShop.get(storeId) ?? bytes) - bytes;
        if (left > 0) perShop.set(storeId, left);
        else perShop.delete(storeId);
      };
    },
  };
}
