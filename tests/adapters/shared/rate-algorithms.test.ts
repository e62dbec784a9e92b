import fc from 'fast-check';

import { type Bucket, takeSlot, takeToken } from '../../../src/adapters/shared/rate-algorithms.ts';
import { createRateWindows } from '../../../src/adapters/shared/rate-windows.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import type { RateLimitPolicy } from '../../../src/ports/rate-limit.ts';

const BUCKET: RateLimitPolicy = {
  name: 'square_orders',
  algorithm: 'token_bucket',
  points: 1_000,
  perMs: 60_000,
  burst: 100,
  refillPerS: 16.67,
};
const WINDOW: RateLimitPolicy = {
  name: 'tenant_operations',
  algorithm: 'sliding_window',
  points: 100,
  perMs: 60_000,
};

/** Takes at rising times: pauses of up to 20 s, and costs of up to 5. */
const takes = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), cost: fc.integer({ min: 1, max: 5 }) }),
  { maxLength: 300 },
);

describe('a token bucket', () => {
  it('allows its burst at once, and then the rate at which it refills', () => {
    let bucket: Bucket | undefined;
    const take = (nowMs: number) => {
      const taken = takeToken(BUCKET, bucket, nowMs, 1);
      bucket = taken.bucket;
      return taken.result;
    };
    const atOnce = Array.from({ length: 150 }, () => take(0)).filter(({ allowed }) => allowed);
    const refused = take(0);

    expect(atOnce).toHaveLength(100);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, capacity: 100 });
    expect(refused.retryAfterMs).toBe(Math.ceil(1_000 / 16.67));
    expect(take(refused.retryAfterMs)).toMatchObject({ allowed: true });
    const inTenSeconds = Array.from({ length: 1_000 }, (_, i) => take(60 + i * 10));
    const allowed = inTenSeconds.filter((result) => result.allowed).length;
    expect(allowed).toBeGreaterThanOrEqual(165);
    expect(allowed).toBeLessThanOrEqual(168);
  });

  it('never allows more than its burst and what came back, in any span', () => {
    fc.assert(
      fc.property(takes, (all) => {
        let bucket: Bucket | undefined;
        let nowMs = 0;
        const granted: { at: number; cost: number }[] = [];
        for (const { afterMs, cost } of all) {
          nowMs += afterMs;
          const taken = takeToken(BUCKET, bucket, nowMs, cost);
          bucket = taken.bucket;
          if (taken.result.allowed) granted.push({ at: nowMs, cost });
        }
        for (const [i, first] of granted.entries()) {
          const last = granted.at(-1)!;
          const sum = granted.slice(i).reduce((total, { cost }) => total + cost, 0);
          expect(sum).toBeLessThanOrEqual(100 + ((last.at - first.at) / 1_000) * 16.67 + 0.001);
        }
      }),
    );
  });

  it('is not filled by a clock that was set back', () => {
    const { bucket } = takeToken(BUCKET, { tokens: 0, atMs: 10_000 }, 5_000, 1);

    expect(bucket.tokens).toBe(0);
  });
});

describe('a sliding window', () => {
  it('has never more than its points, wherever a window of its length begins', () => {
    fc.assert(
      fc.property(takes, (all) => {
        const policy = { ...WINDOW, points: 20 };
        const slots = new Map<number, number>();
        let nowMs = 0;
        const granted: { at: number; cost: number }[] = [];
        for (const { afterMs, cost } of all) {
          nowMs += afterMs;
          if (takeSlot(policy, slots, nowMs, cost).allowed) granted.push({ at: nowMs, cost });
        }
        for (const { at } of granted) {
          const within = granted.filter((other) => other.at >= at && other.at < at + 60_000);
          expect(within.reduce((total, { cost }) => total + cost, 0)).toBeLessThanOrEqual(20);
        }
        expect(slots.size).toBeLessThanOrEqual(11);
      }),
    );
  });

  it('allows a take after the time that it names, and not before', () => {
    const slots = new Map<number, number>();
    for (let i = 0; i < 100; i++) takeSlot(WINDOW, slots, i * 100, 1);
    const refused = takeSlot(WINDOW, slots, 10_000, 1);
    const { retryAfterMs } = refused;

    expect(refused).toMatchObject({ allowed: false, remaining: 0, capacity: 100 });
    expect(takeSlot(WINDOW, new Map(slots), 10_000 + retryAfterMs - 1, 1).allowed).toBe(false);
    expect(takeSlot(WINDOW, new Map(slots), 10_000 + retryAfterMs, 1).allowed).toBe(true);
  });
});

describe('the counts of an instance', () => {
  it.each(['token_bucket', 'sliding_window'] as const)(
    'are bounded for a %s: the least recently seen caller starts from zero',
    async (algorithm) => {
      const policy = { name: 'x', algorithm, points: 1, perMs: 60_000 };
      const limit = createRateWindows(policy, { maxCallers: 2, now: () => 0 });
      const [first, second, third] = ['1', '2', '3'].map((n) => cacheKey('caller', 's1', n));
      await limit.take(first!);
      await limit.take(second!);
      await limit.take(first!);
      await limit.take(third!);

      expect(await limit.take(first!)).toMatchObject({ allowed: false });
      expect(await limit.take(second!)).toMatchObject({ allowed: true });
    },
  );
});
