import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { ReadStore } from '../../ports/read-store.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { isDamage, withFileName } from '../shared/file-errors.ts';
import { markDamaged } from './file-state.ts';

type Store = ReadStore & {
  readonly snapshots: SnapshotStore;
  overwriteRemoved(): Promise<void>;
};

/**
 * The same store, whose errors name the file, the reason and the remedy. A file that is found to be
 * damaged is marked, so that the next start sets it aside and builds a new one.
 */
export function withFileErrors(store: Store, path: string): Store {
  function explain(error: unknown): never {
    if (!isDamage(error)) throw withFileName(path, error);
    markDamaged(path);
    const message = `${path} is damaged: restart Tillstream, which rebuilds it from the log`;
    throw new UpstreamError('store_unavailable', message, { path }, error);
  }

  /** Every method of a store returns a promise, except `forStore`. */
  function wrap<T extends object>(target: T): T {
    const methods: [string, unknown][] = Object.entries(target);
    const wrapped = methods.map(([name, value]): [string, unknown] => [
      name,
      typeof value === 'function'
        ? (...args: unknown[]) =>
            (value as (...all: unknown[]) => Promise<unknown>)(...args).catch((error: unknown) =>
              explain(error),
            )
        : value,
    ]);
    return Object.fromEntries(wrapped) as T;
  }

  return {
    ...wrap(store),
    forStore: (storeId) => wrap(store.forStore(storeId)),
    snapshots: wrap(store.snapshots),
  };
}
