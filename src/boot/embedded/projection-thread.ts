import { openSqliteEventLogReader } from '../../adapters/sqlite/event-log-reader.ts';
import { openSqliteReadStore } from '../../adapters/sqlite/read-store.ts';
import { systemCipher } from '../../adapters/system/cipher.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import { createLogger } from '../../adapters/system/logger.ts';
import { channelToParent } from '../../adapters/system/thread.ts';
import { openedLog } from '../../engine/personal-data/opened-log.ts';
import { createOpener } from '../../engine/personal-data/personal-data.ts';
import { createProjectionEngine } from '../../engine/projections/projection-engine.ts';
import { eventTypesOf } from '../../features/event-types.ts';
import { features } from '../../features/index.ts';
import { createProjectionHost } from './projection-host.ts';
import { REMOTE } from './protocol.ts';
import { createRpc } from './rpc.ts';

/** The first message to the thread. */
export interface ProjectionThreadData {
  readonly logFile: string;
  readonly documentsFile: string;
  readonly logLevel: string;
  readonly logFormat: string;
  readonly feedBatchDelayMs: number;
}

/**
 * Entry of the thread that keeps the read models of embedded storage. It reads the log and writes
 * the documents over connections of its own, so that no command waits for it.
 */
const rpc = createRpc(channelToParent());

rpc.handle(REMOTE.open, (data: ProjectionThreadData) => {
  const { log, notifyAppended } = openSqliteEventLogReader({
    path: data.logFile,
    append: (...args) => rpc.call(REMOTE.append, ...args),
  });
  const projections = features.flatMap((feature) => feature.projections);
  const names = projections.map(({ name }) => name);
  const host = createProjectionHost(rpc, names);
  rpc.handle(REMOTE.logAppended, notifyAppended);
  const store = openSqliteReadStore(data.documentsFile);
  const logger = createLogger(data);
  const types = eventTypesOf(features);
  const opener = createOpener(types, systemCipher, {
    findAll: (subjects) => rpc.call(REMOTE.subjectKeys, subjects),
  });
  const engine = createProjectionEngine({
    log: openedLog(log, opener),
    store,
    types,
    clock: systemClock,
    ids: systemIds,
    logger,
    projections,
    limits: { feedBatchDelayMs: data.feedBatchDelayMs },
    onProgress: host.onProgress,
    hasWaiters: host.hasWaiters,
  });
  rpc.handle(REMOTE.overwriteRemoved, () => store.overwriteRemoved());
  host.serve({
    ...engine,
    async stop() {
      await engine.stop();
      await store.close();
      await log.close();
      logger.flush();
    },
  });
});
