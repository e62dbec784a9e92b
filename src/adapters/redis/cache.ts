import type { Cache } from '../../ports/cache.ts';
import { checkTtl, isTooLarge } from '../shared/cache-limits.ts';
import type { Availability } from './availability.ts';
import type { Invalidations } from './invalidations.ts';

/** Keys per command, so that none blocks the others for long. */
const MAX_KEYS_PER_COMMAND = 500;

export interface RedisCacheParts {
  readonly availability: Availability;
  readonly invalidations: Invalidations;
  readonly prefix: string;
  readonly channel: string;
}

/** The cache shared by all instances. Whatever Redis does, a read returns: at worst a miss. */
export function createRedisCache(parts: RedisCacheParts): Cache {
  const { availability, invalidations, channel } = parts;
  const nameOf = (key: string) => `${parts.prefix}:${key}`;

  async function drop(keys: readonly string[]): Promise<boolean> {
    let areDropped = true;
    for (let i = 0; i < keys.length; i += MAX_KEYS_PER_COMMAND) {
      const names = keys.slice(i, i + MAX_KEYS_PER_COMMAND).map(nameOf);
      const dropped = await availability.attempt('drop', (redis) => redis.unlink(names));
      areDropped &&= dropped.done;
    }
    return areDropped;
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
        return false;
      }
      const kept = await availability.attempt('put', (redis) =>
        redis.set(nameOf(key), value, 'PX', ttlMs),
      );
      // A full Redis keeps the previous value, which must not be read any more.
      if (!kept.done) await drop([key]);
      return kept.done;
    },
    drop,
    async announce(keys) {
      let areAnnounced = true;
      for (let i = 0; i < keys.length; i += MAX_KEYS_PER_COMMAND) {
        const message = invalidations.announce(keys.slice(i, i + MAX_KEYS_PER_COMMAND));
        const sent = await availability.attempt('announce', (redis) =>
          redis.publish(channel, message),
        );
        areAnnounced &&= sent.done;
      }
      return areAnnounced;
    },
    onInvalidated: (listener) => invalidations.listen(listener),
    isListening: () => invalidations.isListening(),
  };
}
