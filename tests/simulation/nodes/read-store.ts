import type { ReadStore, StoreDocuments } from '../../../src/ports/read-store.ts';
import type { Snapshot, SnapshotStore } from '../../../src/ports/snapshot-store.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Line } from './line.ts';

type Method = Exclude<keyof ReadStore, 'forStore'>;

/** The read store as one life of a node has it. */
export function createNodeReadStore(
  { world, faults }: Conditions,
  line: Line,
  server: ReadStore,
): ReadStore {
  const rnd = world.rnd('read store');

  const faulty = <T>(operation: () => Promise<T>): Promise<T> =>
    rnd.chance(faults.storeFails)
      ? Promise.reject(new Error('the read store does not answer'))
      : operation();

  const ask = <T>(label: string, operation: () => Promise<T>) =>
    line.ask(label, () => faulty(operation));

  function over<K extends Method>(method: K, way: 'ask' | 'call'): ReadStore[K] {
    const label = `store ${method}`;
    const carryOut = server[method] as (...args: unknown[]) => Promise<unknown>;
    return ((...args: unknown[]) =>
      line[way](label, () => faulty(() => carryOut(...args)))) as ReadStore[K];
  }

  function forStore(storeId: string): StoreDocuments {
    const bound = server.forStore(storeId);
    return {
      get: (collection, key) => ask('store get', () => bound.get(collection, key)),
      find: (collection, query) => ask('store find', () => bound.find(collection, query)),
    };
  }

  return {
    forStore,
    ensureCollection: over('ensureCollection', 'call'),
    dropCollection: over('dropCollection', 'call'),
    listCollections: over('listCollections', 'ask'),
    load: over('load', 'ask'),
    scan: over('scan', 'ask'),
    commit(commit) {
      const lost = rnd.chance(faults.storeAnswerLost);
      return line.call(
        'store commit',
        () => faulty(() => server.commit(commit)),
        lost ? 'answer-lost' : 'ok',
      );
    },
    checkpoint: over('checkpoint', 'ask'),
    checkpoints: over('checkpoints', 'ask'),
    revisions: over('revisions', 'ask'),
    resetCheckpoint: over('resetCheckpoint', 'call'),
    claimCheckpoint: over('claimCheckpoint', 'call'),
    liveGeneration: over('liveGeneration', 'ask'),
    liveGenerations: over('liveGenerations', 'ask'),
    setLiveGeneration: over('setLiveGeneration', 'call'),
    projectionStatus: over('projectionStatus', 'ask'),
    projectionStatuses: over('projectionStatuses', 'ask'),
    setProjectionStatus: over('setProjectionStatus', 'call'),
    ping: over('ping', 'ask'),
    close: () => Promise.resolve(),
  };
}

/** Snapshots that may have gone bad: damaged, cut, of other amounts or of another stream. */
export function createNodeSnapshots(
  { world, faults }: Conditions,
  line: Line,
  kept: Map<string, Snapshot>,
): SnapshotStore {
  const rnd = world.rnd('snapshots');

  function bad(snapshot: Snapshot): Snapshot {
    const others = [...kept.values()];
    switch (rnd.below(5)) {
      case 0:
        return { ...snapshot, body: snapshot.body.replace(/\d/g, '7') };
      case 1:
        return { ...snapshot, revision: snapshot.revision + 1 };
      case 2:
        return { ...snapshot, body: snapshot.body.replace(/(Minor":)([1-9])/g, '$19$2') };
      case 3:
        return { ...rnd.pick(others), stream: snapshot.stream };
      default:
        return { ...snapshot, body: snapshot.body.slice(0, -1) };
    }
  }

  return {
    get: (stream) =>
      line.ask('snapshot get', async () => {
        const found = kept.get(stream);
        return found && rnd.chance(faults.snapshotBad) ? bad(found) : found;
      }),
    put: (snapshot) =>
      line.call('snapshot put', async () => {
        const before = kept.get(snapshot.stream);
        if (!before || before.revision < snapshot.revision) kept.set(snapshot.stream, snapshot);
      }),
  };
}
