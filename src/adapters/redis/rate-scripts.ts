import type { Redis } from 'ioredis';

import type { CacheKey } from '../../domain/kernel/names.ts';
import type { RateLimitPolicy, RateLimitResult } from '../../ports/rate-limit.ts';
import {
  bucketOf,
  bucketResult,
  slotMsOf,
  SLOTS,
  windowResult,
} from '../shared/rate-algorithms.ts';

/** The server's own clock counts, so that instances with different clocks share one bucket. */
const NOW = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
`;

/** KEYS: the bucket. ARGV: capacity, tokens per ms, cost. Returns allowed and tokens left. */
const TOKEN_BUCKET = `${NOW}
local capacity, refill, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = tonumber(known[2]) or now
local tokens = math.min(capacity, (tonumber(known[1]) or capacity) + math.max(0, now - at) * refill)
local allowed = 0
if tokens >= cost then
  tokens = tokens - cost
  allowed = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - tokens) / refill) + 1000)
return { allowed, tostring(tokens) }
`;

/**
 * KEYS: the window. ARGV: points, ms of a slot, slots, cost. Returns allowed, the time, and the
 * slots with their counts.
 */
const SLIDING_WINDOW = `${NOW}
local points, slotMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local slots, cost = tonumber(ARGV[3]), tonumber(ARGV[4])
local slot = math.floor(now / slotMs)
local known = redis.call('HGETALL', KEYS[1])
local used, left = 0, {}
for i = 1, #known, 2 do
  local at = tonumber(known[i])
  if at < slot - slots or at > slot then
    redis.call('HDEL', KEYS[1], known[i])
  else
    local count = tonumber(known[i + 1])
    used = used + count
    left[at] = count
  end
end
local allowed = 0
if used + cost <= points then
  allowed = 1
  left[slot] = (left[slot] or 0) + cost
  redis.call('HINCRBY', KEYS[1], tostring(slot), cost)
  redis.call('PEXPIRE', KEYS[1], math.ceil(slotMs * (slots + 2)))
end
local flat = { allowed, tostring(now) }
for at, count in pairs(left) do
  flat[#flat + 1] = tostring(at)
  flat[#flat + 1] = count
end
return flat
`;

type Reply = readonly (string | number)[];

/** Takes from a shared token bucket. */
export async function takeSharedToken(
  redis: Redis,
  policy: RateLimitPolicy,
  key: string,
  cost: number,
): Promise<RateLimitResult> {
  const { capacity, refillPerMs } = bucketOf(policy);
  const reply = await redis.eval(TOKEN_BUCKET, 1, key, capacity, refillPerMs, cost);
  const [allowed, tokens] = reply as Reply;
  return bucketResult(policy, allowed === 1, Number(tokens), cost);
}

/** Takes from a shared sliding window. */
export async function takeSharedSlot(
  redis: Redis,
  policy: RateLimitPolicy,
  key: string,
  cost: number,
): Promise<RateLimitResult> {
  const slotMs = slotMsOf(policy);
  const reply = await redis.eval(SLIDING_WINDOW, 1, key, policy.points, slotMs, SLOTS, cost);
  const [isAllowed, now, ...pairs] = reply as Reply;
  const allowed = isAllowed === 1;
  const slots = new Map<number, number>();
  for (let i = 0; i < pairs.length; i += 2) slots.set(Number(pairs[i]), Number(pairs[i + 1]));
  const used = [...slots.values()].reduce((sum, count) => sum + count, 0);
  return windowResult(policy, slots, Number(now), { allowed, used, cost });
}

/** `<prefix>:<name>:<identifier>`; the identifier has the shop in it. */
export const sharedKey = (prefix: string, { name }: RateLimitPolicy, key: CacheKey): string =>
  `${prefix}:${name}:${key}`;
