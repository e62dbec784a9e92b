import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEventStoreDbLog } from '../../adapters/eventstoredb/event-log.ts';
import { openMongoReadStore } from '../../adapters/mongodb/read-store.ts';
import { openRedis } from '../../adapters/redis/redis.ts';
import { schemasOf } from '../../adapters/sqlite/inspect.ts';
import { openSqliteEventLogReader } from '../../adapters/sqlite/event-log-reader.ts';
import { openSqliteReadStore } from '../../adapters/sqlite/read-store.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import type { Finding } from '../operations.ts';
import type { Config } from '../../config.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Leases } from '../../ports/lease.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ReadStore } from '../../ports/read-store.ts';
import { messageOf, ok, problem, warning } from './finding.ts';

/** The stores as far as they answer, and what was found in opening them. */
export interface Opened {
  readonly findings: readonly Finding[];
  readonly log?: EventLog;
  readonly readStore?: ReadStore;
  readonly leases?: Leases;
  close(): Promise<void>;
}

const ANSWER_MS = 10_000;

/** Opens the stores that there are, for looking only: nothing is made, nothing is changed. */
export async function openReadOnly(config: Config, logger: Logger): Promise<Opened> {
  const closers: (() => Promise<void>)[] = [];
  const findings: Finding[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  /** A store that does not answer is told, and left out. */
  async function use<T extends { ping(): Promise<void>; close(): Promise<void> }>(
    check: string,
    open: () => T,
    action: string,
  ): Promise<T | undefined> {
    try {
      const store = open();
      closers.push(() => store.close());
      await inTime(store.ping());
      findings.push(ok(check, 'answers'));
      return store;
    } catch (error) {
      findings.push(problem(check, `does not answer: ${messageOf(error)}`, action));
      return undefined;
    }
  }

  const log = await openLog(config, logger, findings, use);
  const mongo =
    config.readStore === 'mongodb'
      ? await use(
          'read store',
          () => openMongoReadStore({ url: config.mongoUrl, logger }),
          'start MongoDB, or mend MONGO_URL; writes go on without it, queries do not',
        )
      : undefined;
  const readStore = mongo ?? (await openDocuments(config, findings, use));
  if (config.redisUrl !== '') {
    const open = () => openRedis({ url: config.redisUrl, logger });
    const action = 'start Redis, or mend REDIS_URL; without it each process limits by itself';
    await use('cache', open, action);
  }
  return {
    findings,
    ...(log && { log }),
    ...(readStore && { readStore }),
    ...(mongo && { leases: mongo.leases }),
    close,
  };
}

type Use = <T extends { ping(): Promise<void>; close(): Promise<void> }>(
  check: string,
  open: () => T,
  action: string,
) => Promise<T | undefined>;

async function openLog(config: Config, logger: Logger, findings: Finding[], use: Use) {
  const check = 'event log';
  if (config.eventStore === 'esdb') {
    const connectionString = config.esdbUrl;
    const open = () =>
      openEventStoreDbLog({ connectionString, clock: systemClock, ids: systemIds, logger });
    const action = 'start EventStoreDB, or mend ESDB_URL; see docs/operating/store-down.md';
    return use(check, open, action);
  }
  const path = join(config.dataDir, 'log.db');
  if (!existsSync(path)) {
    findings.push(ok(check, `none yet at ${path}; the first start makes it`));
    return undefined;
  }
  const action = `restore a backup (docs/operating/backup-and-restore.md); keep ${path} aside`;
  try {
    const { found, known } = schemasOf(path).log;
    if (found > known) {
      const newer = `its schema is ${found}, this software knows ${known}`;
      findings.push(problem('migrations', newer, 'run the newer Tillstream that wrote it'));
      return undefined;
    }
    findings.push(ok('migrations', `the log has schema ${found}, as this software writes it`));
  } catch (error) {
    findings.push(problem(check, `${path} cannot be read: ${messageOf(error)}`, action));
    return undefined;
  }
  const append = () => Promise.reject(new Error('expected no append to a log that is looked at'));
  return use(check, () => openSqliteEventLogReader({ path, append }).log, action);
}

async function openDocuments({ dataDir, readStore }: Config, findings: Finding[], use: Use) {
  if (readStore !== 'sqlite') return undefined;
  const path = join(dataDir, 'documents.db');
  if (!existsSync(path)) {
    findings.push(ok('read store', `none yet at ${path}; the next start builds it from the log`));
    return undefined;
  }
  const action = `stop the server, move ${path} (with -wal and -shm) away, start: it is built anew`;
  try {
    const { found, known } = schemasOf(path).documents;
    if (found !== known) {
      const other = `the documents have schema ${found}, this software has ${known}`;
      findings.push(warning('migrations', other, 'none: the next start builds them anew'));
      return undefined;
    }
  } catch (error) {
    findings.push(problem('read store', `${path} cannot be read: ${messageOf(error)}`, action));
    return undefined;
  }
  return use('read store', () => openSqliteReadStore(path), action);
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
