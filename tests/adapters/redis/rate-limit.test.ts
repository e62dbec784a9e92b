import { describeRateLimitContract } from '../../contracts/rate-limit/suite.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findRedis } from '../../support/servers/redis.ts';
import { openConnected, PATIENT, sharedRedis, uniquePrefix } from './opened-redis.ts';

const { url, stop } = sharedRedis();

describeWith(findRedis(), 'Redis as a rate limit', () => {
  afterAll(stop);

  describeRateLimitContract('Redis', async () => {
    const prefix = uniquePrefix();
    const options = { prefix, timeouts: PATIENT };
    const [one, other] = await Promise.all(
      [0, 1].map(async () => openConnected(await url(), options)),
    );
    return {
      limit: (policy) => one!.rateLimit(policy),
      peer: (policy) => other!.rateLimit(policy),
      destroy: async () => {
        await Promise.all([one!.close(), other!.close()]);
      },
    };
  });
});
