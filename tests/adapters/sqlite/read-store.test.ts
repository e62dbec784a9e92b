import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openDatabase, prepare } from '../../../src/adapters/sqlite/database.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { SALES, write } from '../../contracts/read-store/documents.ts';
import { describeReadStoreContract, type OpenedStore } from '../../contracts/read-store/suite.ts';

/** A read store in a temporary file, which a second connection can damage. */
async function openTemporaryStore(): Promise<OpenedStore> {
  const folder = await mkdtemp(join(tmpdir(), 'tillstream-read-store-'));
  const path = join(folder, 'documents.db');
  const store = openSqliteReadStore(path);
  let newest = store;
  const second = openDatabase(path, 'normal');
  const named = prepare(second, "SELECT name FROM sqlite_master WHERE type = 'index' AND name = ?");
  return {
    store,
    reopen: async () => {
      await newest.close();
      newest = openSqliteReadStore(path);
      return newest;
    },
    loseIndex: async (collection, index) => {
      second.exec(`DROP INDEX d_${collection}__${index}`);
    },
    hasIndex: async (collection, index) => named.all(`d_${collection}__${index}`).length > 0,
    destroy: async () => {
      second.close();
      await newest.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

describeReadStoreContract('SQLite', openTemporaryStore);

describe('the SQLite read store alone', () => {
  it('rolls everything back when a body cannot be written', async () => {
    const store = openSqliteReadStore(':memory:');
    await store.ensureCollection(SALES);
    const writes = [write('s1', '1', { total: 1 }), write('s1', '2', { tooLong: 10n })];
    const to = { logId: 'l', position: { commit: 1n, prepare: 1n }, eventId: 'e' };
    const checkpoints = [{ name: 'feed', from: undefined, to }];
    const commit = store.commit({ documents: [{ collection: SALES, writes }], checkpoints });
    await expect(commit).rejects.toThrow('BigInt');
    expect(await store.scan(SALES.name, '', 10)).toEqual([]);
    expect(await store.checkpoint('feed')).toBeUndefined();
    const [sound] = writes;
    if (sound)
      await store.commit({ documents: [{ collection: SALES, writes: [sound] }], checkpoints });
    expect(await store.scan(SALES.name, '', 10)).toHaveLength(1);
    await store.close();
  });

  it('starts with an empty file when another version created the existing one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tillstream-read-store-'));
    const path = join(folder, 'documents.db');
    const older = openDatabase(path, 'normal');
    older.exec(`CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position TEXT);
      INSERT INTO checkpoints VALUES ('feed', '7/7'); CREATE TABLE d_sales__v1_g1 (key TEXT)`);
    older.close();
    const store = openSqliteReadStore(path);
    expect(await store.checkpoint('feed')).toBeUndefined();
    await store.ensureCollection(SALES);
    expect(await store.scan(SALES.name, '', 10)).toEqual([]);
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('rejects a name that could be read as SQL', async () => {
    const { store, destroy } = await openTemporaryStore();
    await store.ensureCollection(SALES);
    const names = ['sales; DROP TABLE checkpoints', 'a"b', ''];
    for (const name of names) {
      await expect(store.ensureCollection({ name, indexes: [] })).rejects.toThrow('letters');
    }
    await destroy();
  });
});
