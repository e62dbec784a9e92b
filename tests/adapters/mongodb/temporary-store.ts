import type { MongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import type { OpenedStore } from '../../contracts/read-store/suite.ts';
import { openRaw, openStore, withNewDatabase } from './opened-store.ts';

/** A store in a database of its own, which a second connection can damage. */
export async function openTemporaryStore(
  server: string,
): Promise<OpenedStore & { readonly store: MongoReadStore }> {
  const url = withNewDatabase(server);
  const raw = openRaw(url);
  const store = openStore(url);
  const opened = [store];
  return {
    store,
    atomic: false,
    reopen: async () => {
      await opened.at(-1)?.close();
      const again = openStore(url);
      opened.push(again);
      return again;
    },
    loseIndex: async (collection, index) => {
      await raw.db.collection(await raw.placeOf(collection)).dropIndex(index);
    },
    hasIndex: async (collection, index) =>
      raw.db.collection(await raw.placeOf(collection)).indexExists(index),
    destroy: async () => {
      await raw.drop();
      await Promise.all(opened.map((each) => each.close()));
    },
  };
}
