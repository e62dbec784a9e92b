import { createCheckpoints } from '../../../src/adapters/mongodb/checkpoints.ts';
import { createCheckpointsDocument } from '../../../src/adapters/mongodb/checkpoints-document.ts';
import type { MongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { checkpointAt, put, SALES, write } from '../../contracts/read-store/documents.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { type Ground, openGround, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();

describeWith(findMongo(), 'a collection in MongoDB that is dropped and recreated', () => {
  let ground: Ground;
  let store: MongoReadStore;
  let before: string;
  beforeEach(async () => {
    ground = openGround(await url());
    store = ground.open();
    await store.ensureCollection(SALES);
    await put(store, [write('s1', 'old', { total: 1 })]);
    before = await ground.placeOf(SALES.name);
  });
  afterEach(() => ground.destroy());
  afterAll(stop);

  async function recreate(): Promise<void> {
    await store.dropCollection(SALES.name);
    await store.ensureCollection(SALES);
  }

  const placesThere = async () => {
    const all = await ground.db.listCollections({}, { nameOnly: true }).toArray();
    return all.map(({ name }) => name).filter((name) => name.startsWith('documents_'));
  };

  it('does not see late writes to the previous one, which is cleared later', async () => {
    await recreate();
    await ground.db.collection(before).insertOne({ storeId: 's1' });

    expect(await store.scan(SALES.name, '', 10)).toEqual([]);
    await store.dropCollection('another__v1_g1');
    expect(await placesThere()).toEqual([await ground.placeOf(SALES.name)]);
  });

  it('rejects the checkpoint of a commit whose documents went to the previous one', async () => {
    const checkpoints = createCheckpoints(createCheckpointsDocument(ground.db, 30_000));
    await recreate();
    const moves = [
      { name: SALES.name, from: undefined, to: checkpointAt(1) },
      { name: 'feed', from: undefined, to: checkpointAt(1) },
    ];
    const outcome = await checkpoints.move(moves, new Map([[SALES.name, before]]));

    expect(outcome).toEqual({ outcome: 'checkpoint-moved', name: SALES.name });
    expect(await store.checkpoint(SALES.name)).toBeUndefined();
    expect(await store.checkpoint('feed')).toBeUndefined();
    const now = new Map([[SALES.name, await ground.placeOf(SALES.name)]]);
    expect(await checkpoints.move(moves, now)).toEqual({ outcome: 'done' });
  });

  it('is found by an instance that has read from the previous one', async () => {
    const other = ground.open();
    const query = { orderBy: 'total', limit: 10 };
    expect(await other.forStore('s1').find(SALES.name, query)).toHaveLength(1);
    await recreate();
    await put(store, [write('s1', 'new', { total: 2 })]);

    const found = await other.forStore('s1').find(SALES.name, query);
    expect(found.map(({ key }) => key)).toEqual(['s1.new']);
    expect(await other.forStore('s1').get(SALES.name, 's1.new')).toBeDefined();
  });

  it('stays claimed by the newest lease', async () => {
    await store.claimCheckpoint(SALES.name, 5);
    await recreate();

    expect(await store.claimCheckpoint(SALES.name, 4)).toBe(false);
  });
});
