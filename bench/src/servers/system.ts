import { openEventStoreDbLog } from '../../../src/adapters/eventstoredb/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { openMongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { SnapshotStore } from '../../../src/ports/snapshot-store.ts';
import { logger, systemOver } from '../ours/system.ts';

/** No stream of the bench is long enough for one. */
const noSnapshots: SnapshotStore = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
};

/** The system over EventStoreDB, with read models in MongoDB or, where `mongo` is empty, with none. */
export function openServersSystem(esdb: string, mongo: string, feature: Feature) {
  const log = openEventStoreDbLog({
    connectionString: esdb,
    clock: systemClock,
    ids: systemIds,
    logger,
  });
  if (mongo === '') {
    const readStore = createMemoryReadStore();
    return systemOver({ log, readStore, snapshots: noSnapshots }, feature);
  }
  const readStore = openMongoReadStore({ url: mongo, logger });
  return systemOver({ log, readStore, snapshots: readStore.snapshots }, feature);
}
