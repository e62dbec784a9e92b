import { MongoClient, type MongoClientOptions, TopologyType } from 'mongodb';

import type { Logger } from '../../ports/logger.ts';
import type { MongoTimeouts } from './time-limits.ts';

const DATABASE = 'tillstream';
const MOST_CONNECTIONS = 20;

/** With one of these a server is there that takes writes. */
const WRITABLE: ReadonlySet<string> = new Set([
  TopologyType.ReplicaSetWithPrimary,
  TopologyType.Single,
  TopologyType.Sharded,
  TopologyType.LoadBalanced,
]);

/** Database of the connection string, or the one that is used when it names none. */
export function databaseOf(url: string): string {
  const named = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url)?.[1];
  return named === undefined ? DATABASE : decodeURIComponent(named);
}

/**
 * Nothing is sent before the first call. Every write is known to survive the loss of a minority of
 * the nodes, and a restart of a single one, before it counts as done.
 *
 * Throws when the driver does not take the connection string, without repeating it: it may hold a
 * password.
 */
export function openClient(url: string, logger: Logger, timeouts: MongoTimeouts): MongoClient {
  const { readMs, writeMs, buildMs, connectMs } = timeouts;
  const options: MongoClientOptions = {
    ...(!/[?&]appName=/i.test(url) && { appName: 'tillstream' }),
    ...(!/[?&]maxPoolSize=/i.test(url) && { maxPoolSize: MOST_CONNECTIONS }),
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: writeMs },
    readPreference: 'primary',
    retryReads: true,
    retryWrites: true,
    connectTimeoutMS: connectMs,
    // Nobody waits longer than for any of these: the connection goes back to the pool, or away.
    socketTimeoutMS: Math.max(readMs, writeMs, buildMs),
    serverSelectionTimeoutMS: readMs,
    waitQueueTimeoutMS: readMs,
    ignoreUndefined: true,
  };
  const client = clientOf(url, options);
  tellChanges(client, logger);
  return client;
}

/** The driver's own error is not passed on: some repeat what they were given. */
function clientOf(url: string, options: MongoClientOptions): MongoClient {
  let kind: string;
  try {
    return new MongoClient(url, options);
  } catch (error) {
    kind = error instanceof Error ? error.name : 'an error';
  }
  throw new Error(`expected a connection string for MongoDB, found one that gives ${kind}`);
}

/** Says once that nothing can be written, and once that it can again. */
function tellChanges(client: MongoClient, logger: Logger): void {
  let away = false;
  client.on('topologyDescriptionChanged', ({ newDescription: now, previousDescription }) => {
    const servers = [...now.servers.values()];
    const there = WRITABLE.has(now.type) && servers.some(({ type }) => type !== 'Unknown');
    if (there && away) logger.info({}, 'MongoDB takes writes again');
    const wasThere = WRITABLE.has(previousDescription.type);
    if (!there && wasThere && !away && servers.length > 0) {
      const reason = servers.find(({ error }) => error !== null)?.error?.message;
      logger.warn({ reason }, 'MongoDB has no server that takes writes; read models wait for it');
      away = true;
    }
    if (there) away = false;
  });
}

/** A read that sees whatever the primary has acknowledged, at once. */
export const PRIMARY = { readConcern: { level: 'local' } } as const;

/** A read that sees only what no failover can take back. */
export const MAJORITY = { readConcern: { level: 'majority' } } as const;
