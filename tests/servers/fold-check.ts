import { createMemoryReadStore } from '../../src/adapters/memory/read-store.ts';
import { systemCipher } from '../../src/adapters/system/cipher.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { START } from '../../src/domain/kernel/position.ts';
import { openedLog } from '../../src/engine/personal-data/opened-log.ts';
import { createPersonalData } from '../../src/engine/personal-data/personal-data.ts';
import { createSubjectKeys } from '../../src/engine/personal-data/subject-keys.ts';
import { collectionOf, type Projection } from '../../src/engine/projections/folding/projection.ts';
import { createProjectionEngine } from '../../src/engine/projections/projection-engine.ts';
import { eventTypesOf } from '../../src/features/event-types.ts';
import { features } from '../../src/features/index.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { KeyRing } from '../../src/ports/key-ring.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { ReadStore } from '../../src/ports/read-store.ts';
import type { Vault } from '../../src/ports/vault.ts';
import { readToHead } from '../support/event-log.ts';

const PAGE = 500;
const FOLDED_WITHIN_MS = 120_000;

const projections = features.flatMap((feature) => feature.projections);

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What the processes share, looked at from outside. */
export interface Stores {
  readonly log: EventLog;
  readonly readStore: ReadStore;
  readonly vault: Vault;
  readonly keyRing: KeyRing;
}

/** Every document of the generation that answers queries, by key. */
export async function documentsOf(
  store: ReadStore,
  projection: Projection,
): Promise<Map<string, unknown>> {
  const documents = new Map<string, unknown>();
  const live = await store.liveGeneration(projection.name);
  if (live?.version !== projection.version) throw new Error(`expected a live ${projection.name}`);
  const { name } = collectionOf(projection, live.generation);
  for (let after = ''; ;) {
    const page = await store.scan(name, after, PAGE);
    if (page.length === 0) return documents;
    for (const { key, storeId, body } of page) documents.set(key, { storeId, body });
    after = page.at(-1)?.key ?? after;
  }
}

/** What all read models hold, by the name of the projection. */
export async function readModelsIn(store: ReadStore): Promise<Map<string, Map<string, unknown>>> {
  const all = new Map<string, Map<string, unknown>>();
  for (const projection of projections) {
    all.set(projection.name, await documentsOf(store, projection));
  }
  return all;
}

/**
 * Holds the read models against the log folded anew from its first event, by an engine of its own
 * into a store in memory, and the log against what was acknowledged: each stream without a gap,
 * each event and each command once.
 */
export async function expectFoldOfLog(
  stores: Stores,
  acknowledged: Iterable<string>,
): Promise<void> {
  const { log, readStore } = stores;
  const { events } = await readToHead(log, { after: START });
  const revisions = new Map<string, number>();
  const appends = new Map<string, Set<string>>();
  for (const { stream, revision, metadata } of events) {
    expect([stream, revision]).toEqual([stream, (revisions.get(stream) ?? -1) + 1]);
    revisions.set(stream, revision);
    const streams = appends.get(metadata.commandId) ?? new Set();
    appends.set(metadata.commandId, streams.add(stream));
  }
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const key of acknowledged) expect([key, appends.has(key)]).toEqual([key, true]);

  const folded = await foldAnew(stores);
  const stored = await readModelsIn(readStore);
  for (const { name } of projections) {
    expect([name, stored.get(name)]).toEqual([name, folded.get(name)]);
  }
}

async function foldAnew({
  log,
  vault,
  keyRing,
}: Stores): Promise<Map<string, Map<string, unknown>>> {
  const store = createMemoryReadStore();
  const types = eventTypesOf(features);
  const keys = createSubjectKeys({ vault, keyRing, cipher: systemCipher, clock: systemClock });
  const engine = createProjectionEngine({
    log: openedLog(log, createPersonalData(types, systemCipher, keys)),
    store,
    projections,
    types,
    clock: systemClock,
    ids: systemIds,
    logger: silentLogger,
  });
  await engine.start();
  try {
    if (!(await engine.whenCaughtUp({ timeoutMs: FOLDED_WITHIN_MS }))) {
      throw new Error(`expected the log to be folded within ${FOLDED_WITHIN_MS} ms`);
    }
    return await readModelsIn(store);
  } finally {
    await engine.stop();
  }
}
