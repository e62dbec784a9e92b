import { join } from 'node:path';

import { openSqliteEventLog } from '../../adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../adapters/sqlite/read-store.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemIds } from '../../adapters/system/ids.ts';
import type { Ports } from '../../app/options.ts';
import type { EmbeddedThreads } from './threads.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { ProjectionThreadData } from './projection-thread.ts';
import { createRemoteProjections } from './remote-projections.ts';
import { REMOTE } from './protocol.ts';
import { createRpc } from './rpc.ts';
import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';

/** A till that reads its own write does not wait for it; a list that lags by this is still live. */
const FEED_BATCH_DELAY_MS = 15;

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly logLevel: string;
  /** They end with the stores. */
  readonly threads: EmbeddedThreads;
}

export interface EmbeddedStores {
  readonly ports: Pick<Ports, 'log' | 'readStore' | 'snapshots' | 'processStore'>;
  readonly projections: ProjectionEngine;
  close(): Promise<void>;
}

/**
 * The embedded stores of one data folder: the log, the documents, and a file of what only saves
 * work (snapshots, and how far processes have come). Each file has one writing thread: the log a
 * thread of its own, the documents the projection thread, and what only saves work this one.
 */
export function openEmbedded({ dataDir, logLevel, threads }: EmbeddedOptions): EmbeddedStores {
  const logFile = join(dataDir, 'log.db');
  const documentsFile = join(dataDir, 'documents.db');
  const closers = [() => threads.end()];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  let grew = () => undefined as unknown;
  const log = openSqliteEventLog({
    path: logFile,
    clock: systemClock,
    ids: systemIds,
    onCommit: () => grew(),
    writer: threads.writing,
  });
  closers.push(() => log.close());
  const readStore = openSqliteReadStore(documentsFile);
  closers.push(() => readStore.close());
  const hints = openSqliteReadStore(join(dataDir, 'hints.db'));
  closers.push(() => hints.close());

  const data: ProjectionThreadData = {
    logFile,
    documentsFile,
    logLevel,
    feedBatchDelayMs: FEED_BATCH_DELAY_MS,
  };
  const rpc = createRpc(threads.projecting);
  rpc.handle(REMOTE.append, (...args: Parameters<EventLog['append']>) => log.append(...args));
  const opened = rpc.call(REMOTE.open, data);
  // Told to whoever starts them.
  opened.catch(() => undefined);
  grew = oneAtATime(() => rpc.call(REMOTE.logAppended));

  return {
    ports: { log, readStore, snapshots: hints.snapshots, processStore: hints },
    projections: createRemoteProjections(rpc, systemClock, opened),
    close,
  };
}

/** A telling while one is under way is made up for by one more after it. */
function oneAtATime(tell: () => Promise<unknown>): () => void {
  let telling = false;
  let again = false;
  return () => {
    again = true;
    if (telling) return;
    telling = true;
    void (async () => {
      while (again) {
        again = false;
        // A thread that is gone has been reported by its own end.
        await tell().catch(() => undefined);
      }
      telling = false;
    })();
  };
}
