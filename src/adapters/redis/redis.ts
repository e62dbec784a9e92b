import type { Cache } from '../../ports/cache.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RateLimits } from '../../ports/rate-limit.ts';
import { createAvailability } from './availability.ts';
import { createRedisCache } from './cache.ts';
import { connect, DEFAULT_TIMEOUTS, type RedisTimeouts } from './connection.ts';
import { createInvalidations } from './invalidations.ts';
import { createRedisRateLimit } from './rate-limit.ts';

export interface RedisOptions {
  /** `redis[s]://[user:password@]host[:port][/database]`. Never logged. */
  readonly url: string;
  readonly logger: Logger;
  /** Prefix of every key and channel: lower case letters, digits and dashes. */
  readonly prefix?: string;
  readonly timeouts?: Partial<RedisTimeouts>;
}

/** The uses of Redis. Without Redis all of them continue, slower or per instance. */
export interface RedisAdapter {
  readonly cache: Cache;
  readonly rateLimit: RateLimits;
  /** Resolves when Redis responds; rejects with the reason when it does not. */
  ping(): Promise<void>;
  /** Closes the connections at once. Afterwards every cache read is a miss. */
  close(): Promise<void>;
}

/** Starts to connect and returns at once: nothing in the product waits for Redis. */
export function openRedis(options: RedisOptions): RedisAdapter {
  const { url, logger, prefix = 'tillstream' } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const channel = `${prefix}:invalidated`;
  const redis = connect(url, prefix, timeouts);
  const availability = createAvailability(redis, logger, timeouts);
  const openSubscriber = () => connect(url, `${prefix}-listener`, timeouts);
  const invalidations = createInvalidations(
    openSubscriber,
    channel,
    timeouts.stallTimeoutMs,
    logger,
  );
  return {
    cache: createRedisCache({ availability, invalidations, channel, prefix: `${prefix}:cache` }),
    rateLimit: (policy) =>
      createRedisRateLimit(redis, availability, `${prefix}:rate_limit`, policy),
    ping: () => availability.ping(),
    async close() {
      availability.close();
      invalidations.close();
      redis.disconnect();
    },
  };
}
