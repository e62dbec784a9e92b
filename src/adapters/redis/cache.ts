import type { Cache } from '../../ports/cache.ts';
import { checkTtl, isTooLarge } from '../shared/cache-limits.ts';
import type { Availability } from './availability.ts';
import type { Invalidations } from './invalidations.ts';

/** Most keys in one command, so that none holds up the others for long. */
const KEYS_PER_COMMAND = 500;

export interface RedisCacheParts {
  readonly availability: Availability;
  readonly invalidations: Invalidations;
  readonly prefix: string;
  readonly channel: string;
}

/** The cache that all processes share. Whatever Redis does, it answers: at worst with a miss. */
export function createRedisCache(parts: RedisCacheParts): Cache {
  const { availability, invalidations, channel } = parts;
  const nameOf = (key: string) => `${parts.prefix}:${key}`;

  async function drop(keys: readonly string[]): Promise<void> {
    for (let i = 0; i < keys.length; i += KEYS_PER_COMMAND) {
      const some = keys.slice(i, i + KEYS_PER_COMMAND).map(nameOf);
      await availability.attempt('drop', (redis) => redis.unlink(some));
    }
  }

  return {
    async get(key) {
      const found = await availability.attempt('get', (redis) => redis.get(nameOf(key)));
      return found.done ? (found.value ?? undefined) : undefined;
    },
    async put(key, value, { ttlMs }) {
      checkTtl(ttlMs);
      if (isTooLarge(value)) {
        await drop([key]);
        return;
      }
      const kept = await availability.attempt('put', (redis) =>
        redis.set(nameOf(key), value, 'PX', ttlMs),
      );
      // A full Redis keeps what it has: the value before this one must not be read any more.
      if (!kept.done) await drop([key]);
    },
    drop,
    async announce(keys) {
      for (let i = 0; i < keys.length; i += KEYS_PER_COMMAND) {
        const message = invalidations.announce(keys.slice(i, i + KEYS_PER_COMMAND));
        await availability.attempt('announce', (redis) => redis.publish(channel, message));
      }
    },
    onInvalidated: (listener) => invalidations.listen(listener),
  };
}
