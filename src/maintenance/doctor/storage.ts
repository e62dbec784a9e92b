import { existsSync } from 'node:fs';
import { join } from 'node:path';

import {
  type EventStoreDbLog,
  openEventStoreDbLog,
} from '../../adapters/eventstoredb/event-log.ts';
import { openMongoReadStore } from '../../adapters/mongodb/read-store.ts';
import { openRedis } from '../../adapters/redis/redis.ts';
import {
  DOCUMENTS_FILE,
  findDamaged,
  LOG_FILE,
  problemOfLog,
} from '../../adapters/sqlite/data-folder.ts';
import { openSqliteEventLogReader } from '../../adapters/sqlite/event-log-reader.ts';
import { schemasOf } from '../../adapters/sqlite/inspect.ts';
import { openSqliteReadStore } from '../../adapters/sqlite/read-store.ts';
import { problemOfVault } from '../../adapters/sqlite/vault-link.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import type { Config } from '../../config.ts';
import { createClosers } from '../../lib/closers.ts';
import { type Deadline, within } from '../../lib/deadline.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Leases } from '../../ports/lease.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ReadStore } from '../../ports/read-store.ts';
import type { Finding } from '../operations.ts';
import { messageOf, ok, problem, warning } from './finding.ts';
import { isInUse } from './machine.ts';

/** The storage that responds, and the findings of opening it. */
export interface OpenedStorage {
  readonly findings: readonly Finding[];
  readonly log?: EventLog;
  /** The log again, where it may share its server with other applications. */
  readonly sharedLog?: EventStoreDbLog;
  readonly readStore?: ReadStore;
  readonly leases?: Leases;
  close(): Promise<void>;
}

const RESPONSE_MS = 10_000;
const RESPONSE: Deadline = {
  ms: RESPONSE_MS,
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
  late: () => new Error(`no response in ${RESPONSE_MS} ms`),
};

/** Opens the existing storage for reading: nothing is created or changed. */
export async function openReadOnly(config: Config, logger: Logger): Promise<OpenedStorage> {
  const closers = createClosers();
  const findings: Finding[] = [];
  /** Reports storage that does not respond, and leaves it out. */
  async function use<T extends { ping(): Promise<void>; close(): Promise<void> }>(
    check: string,
    open: () => T,
    action: string,
  ): Promise<T | undefined> {
    try {
      const opened = open();
      closers.add(() => opened.close());
      await within(RESPONSE, opened.ping());
      findings.push(ok(check, 'responds'));
      return opened;
    } catch (error) {
      findings.push(problem(check, `does not respond: ${messageOf(error)}`, action));
      return undefined;
    }
  }

  const sharedLog = await openEventStoreDb(config, logger, use);
  const log = sharedLog ?? (await openEmbeddedLog(config, findings, use));
  const mongo =
    config.readStore === 'mongodb'
      ? await use(
          'read store',
          () => openMongoReadStore({ url: config.mongoUrl, logger }),
          'start MongoDB, or correct MONGO_URL; without it writes continue, queries do not',
        )
      : undefined;
  const readStore = mongo ?? (await openDocuments(config, findings, use));
  if (config.redisUrl !== '') {
    const open = () => openRedis({ url: config.redisUrl, logger });
    const action =
      'start Redis, or correct REDIS_URL; without it each instance applies limits by itself';
    await use('cache', open, action);
  }
  const leases = mongo?.leases;
  return omitUndefined({
    findings,
    log,
    sharedLog,
    readStore,
    leases,
    close: () => closers.closeAll(),
  });
}

type Use = <T extends { ping(): Promise<void>; close(): Promise<void> }>(
  check: string,
  open: () => T,
  action: string,
) => Promise<T | undefined>;

async function openEventStoreDb(config: Config, logger: Logger, use: Use) {
  if (config.eventStore !== 'esdb') return undefined;
  const { esdbUrl: connectionString, eventNamespace: namespace } = config;
  const options = { connectionString, namespace, clock: systemClock, ids: systemIds, logger };
  const action = 'start EventStoreDB, or correct ESDB_URL; see docs/operating/store-down.md';
  return use('event log', () => openEventStoreDbLog(options), action);
}

async function openEmbeddedLog(config: Config, findings: Finding[], use: Use) {
  if (config.eventStore !== 'sqlite') return undefined;
  const check = 'event log';
  const path = join(config.dataDir, LOG_FILE);
  const lost = await findLoss(config.dataDir);
  if (lost !== undefined) {
    findings.push(problem(check, lost.found, lost.action));
    return undefined;
  }
  if (!existsSync(path)) {
    findings.push(ok(check, `none yet at ${path}; the first start creates it`));
    return undefined;
  }
  const action = `restore a backup (docs/operating/backup-and-restore.md); keep a copy of ${path}`;
  try {
    const { found, known } = schemasOf(path).log;
    if (found > known) {
      const newer = `its schema is ${found}, this software supports ${known}`;
      findings.push(problem('migrations', newer, 'run the newer Tillstream that wrote it'));
      return undefined;
    }
    findings.push(ok('migrations', `the log has the current schema ${found}`));
  } catch (error) {
    findings.push(problem(check, `${path} cannot be read: ${messageOf(error)}`, action));
    return undefined;
  }
  const append = () =>
    Promise.reject(new Error('expected no append to a log that is opened for reading'));
  return use(check, () => openSqliteEventLogReader({ path, append }).log, action);
}

/** What a start would refuse. A running server has changed more than its files show. */
async function findLoss(dataDir: string): Promise<{ found: string; action: string } | undefined> {
  if (!existsSync(dataDir) || isInUse(dataDir)) return undefined;
  try {
    const check = { thorough: true };
    const loss = problemOfLog(dataDir, check) ?? problemOfVault(dataDir, check);
    return loss && { found: loss.problem, action: loss.remedy };
  } catch (error) {
    return { found: messageOf(error), action: 'correct what the message names' };
  }
}

async function openDocuments({ dataDir, readStore }: Config, findings: Finding[], use: Use) {
  if (readStore !== 'sqlite') return undefined;
  const path = join(dataDir, DOCUMENTS_FILE);
  if (!isInUse(dataDir) && existsSync(dataDir)) {
    const damaged = findDamaged(dataDir);
    const action = 'none: the next start sets it aside and rebuilds it';
    for (const found of damaged) findings.push(warning('read store', found, action));
    if (damaged.some((found) => found.startsWith(path))) return undefined;
  }
  if (!existsSync(path)) {
    findings.push(ok('read store', `none yet at ${path}; the next start builds it from the log`));
    return undefined;
  }
  const action = `stop the server, move ${path} (with -wal and -shm) away, start it: the file is rebuilt`;
  try {
    const { found, known } = schemasOf(path).documents;
    if (found !== known) {
      const other = `the documents have schema ${found}, this software has ${known}`;
      findings.push(warning('migrations', other, 'none: the next start rebuilds them'));
      return undefined;
    }
  } catch (error) {
    findings.push(problem('read store', `${path} cannot be read: ${messageOf(error)}`, action));
    return undefined;
  }
  return use('read store', () => openSqliteReadStore(path), action);
}
