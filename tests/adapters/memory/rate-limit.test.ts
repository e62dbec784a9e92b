import { createMemoryRateLimit } from '../../../src/adapters/memory/rate-limit.ts';
import { createRateWindows } from '../../../src/adapters/shared/rate-windows.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import type { RateLimit, RateLimitPolicy } from '../../../src/ports/rate-limit.ts';
import { describeRateLimitContract } from '../../contracts/rate-limit/suite.ts';

describeRateLimitContract('memory', async () => {
  const limits = new Map<string, RateLimit>();
  // There is only one instance: every caller gets the same policy.
  const limit = (policy: RateLimitPolicy) => {
    const known = limits.get(policy.name) ?? createMemoryRateLimit(policy);
    limits.set(policy.name, known);
    return known;
  };
  return { limit, peer: limit, destroy: () => Promise.resolve() };
});

describe('the counts of an instance', () => {
  it('are bounded: beyond that, the least recently seen caller starts from zero', async () => {
    const policy = { name: 'orders', points: 1, perMs: 60_000 };
    const limit = createRateWindows(policy, { maxCallers: 2 });
    const [first, second, third] = ['1', '2', '3'].map((n) => cacheKey('caller', 's1', n));
    await limit.take(first!);
    await limit.take(second!);
    await limit.take(first!);
    await limit.take(third!);

    expect(await limit.take(first!)).toMatchObject({ allowed: false });
    expect(await limit.take(second!)).toMatchObject({ allowed: true });
  });
});
