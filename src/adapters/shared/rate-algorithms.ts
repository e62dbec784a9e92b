import type { RateLimitPolicy, RateLimitResult } from '../../ports/rate-limit.ts';

/** Parts of a sliding window. The oldest one counts as a whole, so a limit is never exceeded. */
export const SLOTS = 10;

const MS_PER_S = 1_000;

/** Capacity, and points per ms, of a token bucket. */
export function bucketOf({ points, perMs, burst, refillPerS }: RateLimitPolicy) {
  const perSecond = refillPerS ?? (points * MS_PER_S) / perMs;
  return { capacity: burst ?? points, refillPerMs: perSecond / MS_PER_S };
}

export interface Bucket {
  tokens: number;
  atMs: number;
}

/** Takes from a bucket that is full when it is first seen. */
export function takeToken(
  policy: RateLimitPolicy,
  bucket: Bucket | undefined,
  nowMs: number,
  cost: number,
): { readonly bucket: Bucket; readonly result: RateLimitResult } {
  const { capacity, refillPerMs } = bucketOf(policy);
  const elapsedMs = Math.max(0, nowMs - (bucket?.atMs ?? nowMs));
  const tokens = Math.min(capacity, (bucket?.tokens ?? capacity) + elapsedMs * refillPerMs);
  const allowed = tokens >= cost;
  const left = allowed ? tokens - cost : tokens;
  return {
    bucket: { tokens: left, atMs: nowMs },
    result: bucketResult(policy, allowed, left, cost),
  };
}

/** The result of a take that left that many tokens. */
export function bucketResult(
  policy: RateLimitPolicy,
  allowed: boolean,
  left: number,
  cost: number,
): RateLimitResult {
  const { capacity, refillPerMs } = bucketOf(policy);
  const missing = Math.max(1, Math.min(cost, capacity) - left);
  return {
    allowed,
    remaining: allowed ? Math.floor(left) : 0,
    capacity,
    resetMs: Math.ceil((capacity - left) / refillPerMs),
    retryAfterMs: allowed ? 0 : Math.ceil(missing / refillPerMs),
  };
}

/** Points taken in each slot of the window, by the number of the slot. */
export type Slots = Map<number, number>;

export const slotMsOf = ({ perMs }: RateLimitPolicy): number => perMs / SLOTS;

/** Takes from a window that ends now. Changes `slots`. */
export function takeSlot(
  policy: RateLimitPolicy,
  slots: Slots,
  nowMs: number,
  cost: number,
): RateLimitResult {
  const slot = Math.floor(nowMs / slotMsOf(policy));
  for (const known of slots.keys()) {
    if (known < slot - SLOTS || known > slot) slots.delete(known);
  }
  const used = [...slots.values()].reduce((sum, count) => sum + count, 0);
  const allowed = used + cost <= policy.points;
  if (allowed) slots.set(slot, (slots.get(slot) ?? 0) + cost);
  return windowResult(policy, slots, nowMs, { allowed, used: allowed ? used + cost : used, cost });
}

/** The result of a take from a sliding window with those slots. */
export function windowResult(
  policy: RateLimitPolicy,
  slots: Slots,
  nowMs: number,
  { allowed, used, cost }: { readonly allowed: boolean; readonly used: number; cost: number },
): RateLimitResult {
  const { points } = policy;
  const freeAt = (slot: number) => (slot + SLOTS + 1) * slotMsOf(policy);
  const known = [...slots].sort(([a], [b]) => a - b);
  const newest = known.at(-1)?.[0];
  const resetMs = newest === undefined ? 0 : Math.ceil(freeAt(newest) - nowMs);
  const result = { allowed, remaining: allowed ? points - used : 0, capacity: points, resetMs };
  if (allowed) return { ...result, retryAfterMs: 0 };
  let left = used;
  const enough = known.find(([, count]) => (left -= count) + Math.min(cost, points) <= points);
  const waitMs = enough ? Math.ceil(freeAt(enough[0]) - nowMs) : resetMs;
  return { ...result, retryAfterMs: Math.max(1, waitMs) };
}
