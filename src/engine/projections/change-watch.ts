import type { ReadStore, ReadStoreCommit } from '../../ports/read-store.ts';
import { collectionBase, type Projection } from './folding/projection.ts';

/** Notified of the keys of documents of a read model that have changed. Must not throw. */
export type ChangeListener = (projection: string, keys: readonly string[]) => void;

export interface ChangeWatch {
  /**
   * Notifies the listener of changed documents of these read models, before the read model reports
   * its progress. Documents of a generation that does not answer queries yet are left out.
   */
  watch(projections: readonly string[], listener: ChangeListener): void;
  /** The same store; its commits are reported to the listeners. */
  reporting(store: ReadStore): ReadStore;
}

/** `serving` is the collection of a read model that answers queries; undefined: none yet. */
export function createChangeWatch(
  projections: readonly Projection[],
  serving: (projection: string) => string | undefined,
): ChangeWatch {
  const names = new Map(projections.map((each) => [collectionBase(each), each.name]));
  const listeners = new Map<string, ChangeListener[]>();

  function report({ documents = [] }: ReadStoreCommit): void {
    for (const { collection, writes } of documents) {
      const projection = names.get(collection.name.slice(0, collection.name.lastIndexOf('__v')));
      if (projection === undefined || writes.length === 0) continue;
      const interested = listeners.get(projection);
      if (!interested || (serving(projection) ?? collection.name) !== collection.name) continue;
      const keys = writes.map(({ key }) => key);
      for (const listener of interested) listener(projection, keys);
    }
  }

  return {
    watch(watched, listener) {
      for (const name of watched) {
        listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      }
    },
    reporting: (store) =>
      Object.assign(Object.create(store) as ReadStore, {
        async commit(commit: ReadStoreCommit) {
          try {
            return await store.commit(commit);
          } finally {
            // A commit of unknown outcome may have changed documents as well.
            report(commit);
          }
        },
      }),
  };
}
