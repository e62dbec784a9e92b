import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import { MAX_CACHE_TTL_MS } from '../../../src/ports/cache.ts';
import { type Contract, KEY, LONG } from './suite.ts';

const SHORT_MS = 40;

export function describeLifetime({ cache, opened }: Contract): void {
  /** Reads it until it is gone, and says how long that took. */
  async function untilGone(): Promise<number> {
    const from = performance.now();
    while ((await cache().get(KEY)) !== undefined) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return performance.now() - from;
  }

  it('forgets a value when its time is over, however often it is read (invariant 25)', async () => {
    await cache().put(KEY, 'old', { ttlMs: SHORT_MS });

    // Far more than the value's time, for a busy machine.
    expect(await untilGone()).toBeLessThan(100 * SHORT_MS);
    expect(await opened().peer.get(KEY)).toBeUndefined();
  });

  it('gives a value that is put again its own time', async () => {
    await cache().put(KEY, 'long', LONG);
    await cache().put(KEY, 'short', { ttlMs: SHORT_MS });
    await untilGone();
    await cache().put(KEY, 'new', LONG);

    expect(await cache().get(KEY)).toBe('new');
  });

  it('lets the store itself bound the time', async () => {
    const { remainingMs } = opened();
    await cache().put(KEY, 'value', { ttlMs: 5_000 });

    // Where the store is this process, the test above has seen it.
    const left = remainingMs ? await remainingMs(KEY) : 5_000;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_CACHE_TTL_MS + 1])(
    'takes no value for %d ms',
    async (ttlMs) => {
      await expect(cache().put(KEY, 'value', { ttlMs })).rejects.toThrow(InvariantError);
      expect(await cache().get(KEY)).toBeUndefined();
    },
  );

  it('takes a value for a day', async () => {
    await cache().put(KEY, 'value', { ttlMs: MAX_CACHE_TTL_MS });

    expect(await cache().get(KEY)).toBe('value');
  });
}
