import { join } from 'node:path';

import { openSqliteEventLog } from '../../adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../adapters/sqlite/read-store.ts';
import { openSqliteVault } from '../../adapters/sqlite/vault.ts';
import { linkVault, VAULT_FILE } from '../../adapters/sqlite/vault-link.ts';
import { systemCipher } from '../../adapters/system/cipher.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import type { Ports } from '../../app/options.ts';
import { type ReadingKeys, readingKeys } from '../../engine/personal-data/personal-data.ts';
import { createSubjectKeys } from '../../engine/personal-data/subject-keys.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { KeyRing } from '../../ports/key-ring.ts';
import { coalesce } from './coalesce.ts';
import type { ProjectionThreadData } from './projection-thread.ts';
import { REMOTE } from './protocol.ts';
import { createRemoteProjections } from './remote-projections.ts';
import { createRpc } from './rpc.ts';
import type { EmbeddedThreads } from './threads.ts';

/** A caller that waits for its own write is not delayed; a list that lags by this is still live. */
const FEED_BATCH_DELAY_MS = 15;

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly logLevel: string;
  readonly logFormat: string;
  readonly keyRing: KeyRing;
  /** They end with the storage. */
  readonly threads: EmbeddedThreads;
}

export interface EmbeddedStores {
  readonly ports: Pick<
    Ports,
    'log' | 'readStore' | 'snapshots' | 'vault' | 'processStore' | 'overwriteRemoved'
  >;
  readonly projections: ProjectionEngine;
  close(): Promise<void>;
}

/**
 * The embedded storage of one data folder: the log, the documents, and a file of hints that only
 * save work (snapshots, checkpoints of processes). Each file has one writing thread: the log a
 * thread of its own, the documents the projection thread, the hints this one.
 */
export function openEmbedded(options: EmbeddedOptions): EmbeddedStores {
  const { dataDir, logLevel, logFormat, threads, keyRing } = options;
  const logFile = join(dataDir, 'log.db');
  const documentsFile = join(dataDir, 'documents.db');
  const closers = [() => threads.end()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  let notifyAppended = () => undefined as unknown;
  const log = openSqliteEventLog({
    path: logFile,
    clock: systemClock,
    ids: systemIds,
    onCommit: () => notifyAppended(),
    writer: threads.writing,
  });
  closers.push(() => log.close());
  const readStore = openSqliteReadStore(documentsFile);
  closers.push(() => readStore.close());
  const hints = openSqliteReadStore(join(dataDir, 'hints.db'));
  closers.push(() => hints.close());
  const vault = openSqliteVault({
    path: join(dataDir, VAULT_FILE),
    clock: systemClock,
    ids: systemIds,
  });
  closers.push(() => vault.close());
  linkVault(logFile, vault.vaultId);

  const data: ProjectionThreadData = {
    logFile,
    documentsFile,
    logLevel,
    logFormat,
    feedBatchDelayMs: FEED_BATCH_DELAY_MS,
  };
  const rpc = createRpc(threads.projecting);
  rpc.handle(REMOTE.append, (...args: Parameters<EventLog['append']>) => log.append(...args));
  const keys = createSubjectKeys({ vault, keyRing, cipher: systemCipher, clock: systemClock });
  const reading = readingKeys(keys);
  rpc.handle(REMOTE.subjectKeys, (...args: Parameters<ReadingKeys['findAll']>) =>
    reading.findAll(...args),
  );
  const opened = rpc.call(REMOTE.open, data);
  // Its error reaches the caller of start().
  opened.catch(() => undefined);
  // The end of the thread is reported elsewhere.
  notifyAppended = coalesce(() => rpc.call(REMOTE.logAppended).catch(() => undefined));

  const overwriteRemoved = async () => {
    await rpc.call(REMOTE.overwriteRemoved);
    await hints.overwriteRemoved();
  };

  return {
    ports: {
      ...{ log, readStore, vault, overwriteRemoved },
      snapshots: hints.snapshots,
      processStore: hints,
    },
    projections: createRemoteProjections(rpc, systemClock, opened),
    close,
  };
}
