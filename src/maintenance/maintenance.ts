import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEventStoreDbLog } from '../adapters/eventstoredb/event-log.ts';
import { lockDataFolder } from '../adapters/sqlite/data-folder-lock.ts';
import { openSqliteEventLog } from '../adapters/sqlite/event-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemIds } from '../adapters/system/ids.ts';
import { createLogger } from '../adapters/system/logger.ts';
import { MaintenanceError } from './maintenance-error.ts';
import type { Maintenance, OpenedLog } from './operations.ts';
import { readConfig, type Config } from '../config.ts';
import { examine } from './doctor/doctor.ts';
import { backUp, restore } from './backup.ts';

/** One commit of the embedded log: all of it is stored or nothing. */
const APPENDS_OF_ONE_COMMIT = 256;

const now = () => new Date(systemClock.now()).toISOString();

async function openLog(config: Config, use: 'read' | 'fill'): Promise<OpenedLog> {
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
  if (use === 'read' && !existsSync(path)) throw new MaintenanceError(`expected a log at ${path}`);
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

/** What the command line does without a server, on the storage that the environment names. */
export function createMaintenance(env: Readonly<Record<string, string | undefined>>): Maintenance {
  return {
    openLog: async (use) => openLog(readConfig(env), use),
    backUp: async (folder, withDocuments) => backUp(readConfig(env), folder, withDocuments),
    restore: async (folder) => restore(readConfig(env), folder, now),
    examine: () => examine(env, systemClock.now()),
  };
}
