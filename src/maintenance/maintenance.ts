import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEventStoreDbLog } from '../adapters/eventstoredb/event-log.ts';
import { assertUsableLog } from '../adapters/sqlite/data-folder.ts';
import { lockDataFolder } from '../adapters/sqlite/data-folder-lock.ts';
import { openSqliteEventLog } from '../adapters/sqlite/event-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemIds } from '../adapters/system/ids.ts';
import { createLogger } from '../adapters/system/logger.ts';
import { type Config, readConfig } from '../config.ts';
import { backUp, restore } from './backup.ts';
import { examine } from './doctor/doctor.ts';
import { MaintenanceError } from './maintenance-error.ts';
import type { Maintenance, OpenedLog } from './operations.ts';
import { createShopsEditor } from './shops-editor.ts';

/** Below the group size of the embedded log, so that one commit stores all of them or none. */
const APPEND_BATCH_SIZE = 256;

const now = () => new Date(systemClock.now()).toISOString();

async function openLog(config: Config, use: 'read' | 'fill'): Promise<OpenedLog> {
  if (config.eventStore === 'sqlite') return openEmbeddedLog(config.dataDir, use);
  const logger = createLogger(config);
  const log = openEventStoreDbLog({
    connectionString: config.esdbUrl,
    namespace: config.eventNamespace,
    clock: systemClock,
    ids: systemIds,
    logger,
  });
  return { log, appendBatchSize: 1, close: () => log.close() };
}

/** Holds the lock of the data folder, so that no server writes meanwhile. */
function openEmbeddedLog(dataDir: string, use: 'read' | 'fill'): OpenedLog {
  const path = join(dataDir, 'log.db');
  if (use === 'read' && !existsSync(path)) throw new MaintenanceError(`expected a log at ${path}`);
  const lock = lockDataFolder(dataDir, now);
  try {
    assertUsableLog(dataDir);
    const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
    return {
      log,
      appendBatchSize: APPEND_BATCH_SIZE,
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

/** The operations of the command line without a server, on the storage that `env` configures. */
export function createMaintenance(env: Readonly<Record<string, string | undefined>>): Maintenance {
  return {
    openLog: async (use) => openLog(readConfig(env), use),
    backUp: async (folder, withDocuments) => backUp(readConfig(env), folder, withDocuments),
    restore: async (folder) => restore(readConfig(env), folder, now),
    shops: createShopsEditor(() => readConfig(env).storesFile),
    examine: () => examine(env, systemClock.now()),
  };
}
