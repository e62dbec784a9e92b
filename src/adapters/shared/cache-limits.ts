import { invariant } from '../../domain/kernel/invariant.ts';
import { MAX_CACHE_TTL_MS, MAX_CACHE_VALUE_BYTES } from '../../ports/cache.ts';

export function checkTtl(ttlMs: number): void {
  invariant(
    Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= MAX_CACHE_TTL_MS,
    `a cached value lives for 1 to ${MAX_CACHE_TTL_MS} ms`,
    { ttlMs },
  );
}

export function isTooLarge(value: string): boolean {
  return Buffer.byteLength(value) > MAX_CACHE_VALUE_BYTES;
}
