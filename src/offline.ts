import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEventStoreDbLog } from './adapters/eventstoredb/event-log.ts';
import { lockDataFolder } from './adapters/sqlite/data-folder-lock.ts';
import { openSqliteEventLog } from './adapters/sqlite/event-log.ts';
import { systemClock } from './adapters/system/clock.ts';
import { systemIds } from './adapters/system/ids.ts';
import { createLogger } from './adapters/system/logger.ts';
import { CliError } from './cli/import-orders.ts';
import type { Offline, OpenedLog } from './cli/offline.ts';
import { readConfig } from './config.ts';
import { examine } from './doctor/doctor.ts';
import { backUp, restore } from './offline-backup.ts';

/** One commit of the embedded log: all of it is stored or nothing. */
const APPENDS_OF_ONE_COMMIT = 256;

const now = () => new Date(systemClock.now()).toISOString();

async function openLog(use: 'read' | 'fill'): Promise<OpenedLog> {
  const config = readConfig(process.env);
  if (config.eventStore === 'sqlite') return openEmbeddedLog(config.dataDir, use);
  const logger = createLogger(config.logLevel);
  const log = openEventStoreDbLog({
    connectionString: config.esdbUrl,
    clock: systemClock,
    ids: systemIds,
    logger,
  });
  return { log, appendsAtOnce: 1, close: () => log.close() };
}

/** Under the lock of the data folder: no server writes meanwhile. */
function openEmbeddedLog(dataDir: string, use: 'read' | 'fill'): OpenedLog {
  const path = join(dataDir, 'log.db');
  if (use === 'read' && !existsSync(path)) throw new CliError(`expected a log at ${path}`);
  const lock = lockDataFolder(dataDir, now);
  try {
    const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
    return {
      log,
      appendsAtOnce: APPENDS_OF_ONE_COMMIT,
      async close() {
        await log.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** What the command line does without the server. It is loaded by the commands that need it. */
export const offline: Offline = {
  openLog,
  backUp: (folder, withDocuments) => backUp(readConfig(process.env), folder, withDocuments),
  restore: (folder) => restore(readConfig(process.env), folder, now),
  examine: () => examine(process.env, systemClock.now()),
};
