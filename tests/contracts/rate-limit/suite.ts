import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import {
  MAX_RATE_WINDOW_MS,
  type RateLimit,
  type RateLimitPolicy,
} from '../../../src/ports/rate-limit.ts';

export interface OpenedLimits {
  readonly limit: (policy: RateLimitPolicy) => RateLimit;
  /** The same policy as another process has it. */
  readonly peer: (policy: RateLimitPolicy) => RateLimit;
  readonly destroy: () => Promise<void>;
}

const POLICY: RateLimitPolicy = { name: 'orders', points: 5, perMs: 60_000 };
const WAITER = cacheKey('caller', 's1', 'user', 'ana');

/** What every rate limit must do. */
export function describeRateLimitContract(name: string, open: () => Promise<OpenedLimits>): void {
  describe(`the ${name} rate limit`, () => {
    let opened: OpenedLimits;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.destroy());

    it('allows as many as the policy has points, then says when to come again', async () => {
      const limit = opened.limit(POLICY);
      for (const remaining of [4, 3, 2, 1, 0]) {
        const allowed = { allowed: true, remaining, capacity: 5, retryAfterMs: 0 };
        expect(await limit.take(WAITER)).toMatchObject(allowed);
      }
      const refused = await limit.take(WAITER);

      expect(refused).toMatchObject({ allowed: false, remaining: 0 });
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(POLICY.perMs);
    });

    it('counts a take by its cost, also one that it refuses', async () => {
      const limit = opened.limit(POLICY);

      expect(await limit.take(WAITER, 3)).toMatchObject({ allowed: true, remaining: 2 });
      expect(await limit.take(WAITER, 3)).toMatchObject({ allowed: false, remaining: 0 });
      expect(await limit.take(WAITER, 1)).toMatchObject({ allowed: false });
    });

    it('never allows what costs more than there are points', async () => {
      expect(await opened.limit(POLICY).take(WAITER, 6)).toMatchObject({ allowed: false });
    });

    it('allows exactly the points to many who come at once', async () => {
      const limit = opened.limit({ ...POLICY, points: 20 });
      const answers = await Promise.all(Array.from({ length: 100 }, () => limit.take(WAITER)));

      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(20);
    });

    it('begins anew when the window is over, however often it was asked meanwhile', async () => {
      const limit = opened.limit({ ...POLICY, points: 1, perMs: 1_000 });
      await limit.take(WAITER);
      const from = performance.now();
      let asked = 0;
      while (!(await limit.take(WAITER)).allowed) {
        asked++;
        await new Promise((resolve) => setImmediate(resolve));
      }

      expect(asked).toBeGreaterThan(0);
      expect(performance.now() - from).toBeLessThan(5_000);
    });

    it.each([
      ['callers', cacheKey('caller', 's1', 'user', 'eva')],
      ['stores (K15)', cacheKey('caller', 's2', 'user', 'ana')],
      ['names that look alike', cacheKey('caller', 's1', 'user.ana')],
      ['names in other letters', cacheKey('caller', 's1', 'user', 'añá😀')],
    ])('keeps %s apart', async (_, other) => {
      const limit = opened.limit({ ...POLICY, points: 1 });
      await limit.take(WAITER);

      expect(await limit.take(other)).toMatchObject({ allowed: true });
      expect(await limit.take(other)).toMatchObject({ allowed: false });
      expect(await limit.take(WAITER)).toMatchObject({ allowed: false });
    });

    it('keeps policies apart', async () => {
      const [one, other] = ['orders', 'orders-burst'].map((policy) =>
        opened.limit({ ...POLICY, name: policy, points: 1 }),
      );
      await one?.take(WAITER);

      expect(await other?.take(WAITER)).toMatchObject({ allowed: true });
    });

    it('is one for all processes', async () => {
      const [limit, peer] = [opened.limit(POLICY), opened.peer(POLICY)];
      const takes = Array.from({ length: 10 }, () => [limit.take(WAITER), peer.take(WAITER)]);
      const answers = await Promise.all(takes.flat());

      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(POLICY.points);
    });

    it.each([
      ['no name', { name: '' }],
      ['a name that a key could not hold', { name: 'a:b' }],
      ['no points', { points: 0 }],
      ['an algorithm that there is not', { algorithm: 'leaky' as never }],
      ['a bucket that never fills', { algorithm: 'token_bucket' as const, refillPerS: 0 }],
      ['a burst of nothing', { algorithm: 'token_bucket' as const, burst: 0 }],
      ['half a point', { points: 0.5 }],
      ['no window', { perMs: 0 }],
      ['a window of a part of a second', { perMs: 1_500 }],
      ['a window of more than a day', { perMs: MAX_RATE_WINDOW_MS + 1_000 }],
    ])('takes no policy with %s', (_, wrong) => {
      expect(() => opened.limit({ ...POLICY, ...wrong })).toThrow(InvariantError);
    });

    it.each([0, -1, 1.5, Number.NaN])('takes no %d points', async (cost) => {
      await expect(opened.limit(POLICY).take(WAITER, cost)).rejects.toThrow(InvariantError);
    });

    describe.each(['sliding_window', 'token_bucket'] as const)('with a %s', (algorithm) => {
      const policy: RateLimitPolicy = { ...POLICY, name: algorithm, algorithm };

      it('allows as many as it has points, then says when to come again', async () => {
        const limit = opened.limit(policy);
        for (const remaining of [4, 3, 2, 1, 0]) {
          expect(await limit.take(WAITER)).toMatchObject({ allowed: true, remaining });
        }
        const refused = await limit.take(WAITER);

        expect(refused).toMatchObject({ allowed: false, remaining: 0, capacity: 5 });
        expect(refused.retryAfterMs).toBeGreaterThan(0);
        expect(refused.resetMs).toBeGreaterThan(0);
      });

      it('does not count what it refuses', async () => {
        const limit = opened.limit(policy);

        expect(await limit.take(WAITER, 3)).toMatchObject({ allowed: true, remaining: 2 });
        expect(await limit.take(WAITER, 3)).toMatchObject({ allowed: false });
        expect(await limit.take(WAITER, 2)).toMatchObject({ allowed: true, remaining: 0 });
        expect(await limit.take(WAITER, 6)).toMatchObject({ allowed: false });
      });

      it('allows exactly the points to many who come at once, in all processes', async () => {
        const [limit, peer] = [opened.limit(policy), opened.peer(policy)];
        const takes = Array.from({ length: 20 }, () => [limit.take(WAITER), peer.take(WAITER)]);
        const answers = await Promise.all(takes.flat());

        expect(answers.filter(({ allowed }) => allowed)).toHaveLength(5);
      });

      it('allows more after the time that it names', async () => {
        const limit = opened.limit({ ...policy, points: 10, perMs: 1_000 });
        await limit.take(WAITER, 10);
        const { retryAfterMs } = await limit.take(WAITER);
        const from = performance.now();
        while (!(await limit.take(WAITER)).allowed) {
          await new Promise((resolve) => setImmediate(resolve));
        }

        expect(performance.now() - from).toBeGreaterThan(retryAfterMs / 2);
      });

      it('keeps callers and shops apart', async () => {
        const limit = opened.limit({ ...policy, points: 1, name: `${algorithm}-apart` });
        await limit.take(WAITER);

        expect(await limit.take(cacheKey('caller', 's2', 'user', 'ana'))).toMatchObject({
          allowed: true,
        });
      });
    });
  });
}
