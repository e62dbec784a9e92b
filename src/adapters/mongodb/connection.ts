import { MongoClient, type MongoClientOptions, TopologyType } from 'mongodb';

import type { Logger } from '../../ports/logger.ts';
import type { MongoTimeouts } from './time-limits.ts';

const DATABASE = 'tillstream';
const MAX_CONNECTIONS = 20;

/** Topologies in which a server accepts writes. */
const WRITABLE: ReadonlySet<string> = new Set([
  TopologyType.ReplicaSetWithPrimary,
  TopologyType.Single,
  TopologyType.Sharded,
  TopologyType.LoadBalanced,
]);

/** The database of the connection string, or the default when it names none. */
export function databaseOf(url: string): string {
  const named = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url)?.[1];
  return named === undefined ? DATABASE : decodeURIComponent(named);
}

/**
 * Nothing is sent before the first call. A write is done once it survives the loss of a minority
 * of the nodes, and a restart of a single one.
 * @throws Error when the driver rejects the connection string; the message does not repeat it,
 *   since it may contain a password.
 */
export function openClient(url: string, logger: Logger, timeouts: MongoTimeouts): MongoClient {
  const { readMs, writeMs, buildMs, connectMs } = timeouts;
  const options: MongoClientOptions = {
    ...(!/[?&]appName=/i.test(url) && { appName: 'tillstream' }),
    ...(!/[?&]maxPoolSize=/i.test(url) && { maxPoolSize: MAX_CONNECTIONS }),
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: writeMs },
    readPreference: 'primary',
    retryReads: true,
    retryWrites: true,
    connectTimeoutMS: connectMs,
    // No caller waits longer than this: then the connection is returned to the pool or closed.
    socketTimeoutMS: Math.max(readMs, writeMs, buildMs),
    serverSelectionTimeoutMS: readMs,
    waitQueueTimeoutMS: readMs,
    ignoreUndefined: true,
  };
  const client = clientOf(url, options);
  logChanges(client, logger);
  return client;
}

/** Does not pass on the driver's error: some repeat the connection string. */
function clientOf(url: string, options: MongoClientOptions): MongoClient {
  let kind: string;
  try {
    return new MongoClient(url, options);
  } catch (error) {
    kind = error instanceof Error ? error.name : 'an error';
  }
  throw new Error(`expected a connection string for MongoDB, found one that gives ${kind}`);
}

/** Logs once when no server accepts writes, and once when one does again. */
function logChanges(client: MongoClient, logger: Logger): void {
  let isDown = false;
  client.on('topologyDescriptionChanged', ({ newDescription: now, previousDescription }) => {
    const servers = [...now.servers.values()];
    const writable = WRITABLE.has(now.type) && servers.some(({ type }) => type !== 'Unknown');
    if (writable && isDown) logger.info({}, 'MongoDB accepts writes again');
    const wasWritable = WRITABLE.has(previousDescription.type);
    if (!writable && wasWritable && !isDown && servers.length > 0) {
      const reason = servers.find(({ error }) => error !== null)?.error?.message;
      logger.warn({ reason }, 'MongoDB has no server that accepts writes; read models wait for it');
      isDown = true;
    }
    if (writable) isDown = false;
  });
}

/** Reads that see everything that the primary has acknowledged. */
export const PRIMARY = { readConcern: { level: 'local' } } as const;

/** Reads that see only what no failover can revert. */
export const MAJORITY = { readConcern: { level: 'majority' } } as const;
