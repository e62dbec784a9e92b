import { join } from 'node:path';

import { createMemoryRateLimit } from '../adapters/memory/rate-limit.ts';
import { openSqliteReadStore } from '../adapters/sqlite/read-store.ts';
import { openSqliteVault } from '../adapters/sqlite/vault.ts';
import { VAULT_FILE } from '../adapters/sqlite/vault-link.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemIds } from '../adapters/system/ids.ts';
import type { Dependency } from '../api/health/dependency.ts';
import type { AppOptions, Ports } from '../app/options.ts';
import type { Config } from '../config.ts';
import { createClosers } from '../lib/closers.ts';
import { omitUndefined } from '../lib/omit-undefined.ts';
import type { Cache } from '../ports/cache.ts';
import type { KeyRing } from '../ports/key-ring.ts';
import type { Logger } from '../ports/logger.ts';
import type { RateLimits } from '../ports/rate-limit.ts';
import { openEmbedded } from './embedded/open-embedded.ts';
import type { EmbeddedThreads } from './embedded/threads.ts';

/** The configured storage, and how the system runs on it. */
export interface OpenStorage {
  readonly ports: Pick<
    Ports,
    | 'log'
    | 'readStore'
    | 'snapshots'
    | 'vault'
    | 'processStore'
    | 'overwriteRemoved'
    | 'rateLimits'
    | 'cache'
  >;
  readonly app: Pick<AppOptions, 'projections' | 'sharing' | 'dependencies'>;
  /** Describes the storage to the operator. */
  readonly banner: readonly string[];
  close(): Promise<void>;
}

export interface OpenStorageOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly keyRing: KeyRing;
  /** The threads of the embedded storage; set when the log is embedded. */
  readonly threads: EmbeddedThreads | undefined;
}

/**
 * Opens the storage. A server that is down is shown by the health checks and retried with each
 * use. The clients of servers are loaded only if configured, which keeps other starts fast.
 */
export async function openStorage(options: OpenStorageOptions): Promise<OpenStorage> {
  const { config, logger } = options;
  const closers = createClosers();
  const close = () => closers.closeAll();
  const banner: string[] = [];
  const dependencies: Dependency[] = [];
  const addDependency = (name: string, kind: string, needed: boolean, ping: () => Promise<void>) =>
    dependencies.push({ name, kind, needed, ping });

  const limits = await openLimits(options);
  closers.add(limits.close);
  if (limits.ping) addDependency('cache', 'Redis', false, limits.ping);
  const { rateLimits, cache } = limits;

  if (options.threads) {
    const embedded = openEmbedded({ ...options, ...config, threads: options.threads });
    closers.add(() => embedded.close());
    const { log, readStore, vault } = embedded.ports;
    addDependency('event-log', 'SQLite', true, () => log.ping());
    addDependency('read-store', 'SQLite', true, () => readStore.ping());
    addDependency('vault', 'SQLite', true, () => vault.ping());
    banner.push(`event log and read models: SQLite in ${config.dataDir}`, ...limits.banner);
    const ports = omitUndefined({ ...embedded.ports, rateLimits, cache });
    return { ports, app: { projections: embedded.projections, dependencies }, banner, close };
  }

  const { openEventStoreDbLog } = await import('../adapters/eventstoredb/event-log.ts');
  const log = openEventStoreDbLog({
    connectionString: config.esdbUrl,
    namespace: config.eventNamespace,
    clock: systemClock,
    ids: systemIds,
    logger,
  });
  closers.add(() => log.close());
  addDependency('event-log', 'EventStoreDB', true, () => log.ping());
  if (config.readStore === 'sqlite') {
    const readStore = openSqliteReadStore(join(config.dataDir, 'documents.db'));
    closers.add(() => readStore.close());
    addDependency('read-store', 'SQLite', true, () => readStore.ping());
    const vault = openSqliteVault({
      path: join(config.dataDir, VAULT_FILE),
      clock: systemClock,
      ids: systemIds,
    });
    closers.add(() => vault.close());
    addDependency('vault', 'SQLite', true, () => vault.ping());
    const documents = `read models: SQLite in ${config.dataDir}`;
    banner.push('event log: EventStoreDB', documents, ...limits.banner);
    const { snapshots } = readStore;
    const overwriteRemoved = () => readStore.overwriteRemoved();
    const shared = { rateLimits, cache };
    const ports = omitUndefined({ log, readStore, snapshots, vault, overwriteRemoved, ...shared });
    return { ports, app: { dependencies }, banner, close };
  }

  const { openMongoReadStore } = await import('../adapters/mongodb/read-store.ts');
  const readStore = openMongoReadStore({ url: config.mongoUrl, logger });
  closers.add(() => readStore.close());
  addDependency('read-store', 'MongoDB', true, () => readStore.ping());
  const role = config.role;
  const holder = `${role}-${process.pid}-${systemIds.uuid()}`;
  banner.push('event log: EventStoreDB', 'read models: MongoDB', ...limits.banner, `role: ${role}`);
  const { snapshots, leases, vault } = readStore;
  addDependency('vault', 'MongoDB', true, () => vault.ping());
  return {
    ports: omitUndefined({ log, readStore, snapshots, vault, rateLimits, cache }),
    app: { sharing: { leases, holder, leaseMs: config.leaseMs, role }, dependencies },
    banner,
    close,
  };
}

interface Limits {
  readonly rateLimits: RateLimits;
  readonly cache?: Cache;
  readonly banner: readonly string[];
  readonly ping?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openLimits({ config, logger }: OpenStorageOptions): Promise<Limits> {
  const { redisUrl } = config;
  if (redisUrl === '') {
    return { rateLimits: createMemoryRateLimit, banner: [], close: () => Promise.resolve() };
  }
  const { openRedis } = await import('../adapters/redis/redis.ts');
  const redis = openRedis({ url: redisUrl, logger });
  return {
    rateLimits: redis.rateLimit,
    cache: redis.cache,
    banner: ['shared limits and cache: Redis'],
    ping: () => redis.ping(),
    close: () => redis.close(),
  };
}
