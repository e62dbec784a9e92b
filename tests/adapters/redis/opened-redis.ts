import { randomUUID } from 'node:crypto';

import type { RedisTimeouts } from '../../../src/adapters/redis/connection.ts';
import { openRedis, type RedisAdapter } from '../../../src/adapters/redis/redis.ts';
import { cacheKey } from '../../../src/domain/kernel/names.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { startable } from '../../support/servers/find.ts';
import { findRedis, type RedisServer, startRedis } from '../../support/servers/redis.ts';

/** Far above what a busy machine needs: for suites that are not about time. */
export const PATIENT: Partial<RedisTimeouts> = { commandMs: 5_000, pingMs: 10_000 };

export const uniquePrefix = () => `test-${randomUUID()}`;

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that collects its lines. */
export function keepingLogger(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push({ level, message, fields });
  return {
    lines,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  };
}

/** The server shared by the contract suites. */
export interface SharedRedis {
  readonly url: () => Promise<string>;
  /** Stops it when the suite has started it. */
  readonly stop: () => Promise<void>;
}

export function sharedRedis(): SharedRedis {
  const source = findRedis();
  let starting: Promise<RedisServer> | undefined;
  return {
    url: async () => {
      if (source.kind === 'url') return source.url;
      starting ??= startRedis(startable(source));
      return (await starting).url;
    },
    stop: async () => (await starting)?.stop(),
  };
}

const PROBE = cacheKey('query', 's1', 'probe');

/** Resolves as soon as the cache keeps what it is given. */
export async function untilServed({ cache }: RedisAdapter): Promise<void> {
  for (let n = 0; ; n++) {
    await cache.put(PROBE, `${n}`, { ttlMs: 60_000 });
    if ((await cache.get(PROBE)) === `${n}`) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Opens it and waits until it is connected. */
export async function openConnected(
  url: string,
  { logger = keepingLogger().logger, prefix = uniquePrefix(), timeouts = {} } = {},
): Promise<RedisAdapter> {
  const adapter = openRedis({ url, logger, prefix, timeouts });
  await adapter.ping();
  return adapter;
}
