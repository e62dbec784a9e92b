import type { MongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { at, checkpointAt, put, SALES, write } from '../../contracts/read-store/documents.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { type Ground, openGround, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();
const TWO_WEEKS_MS = 14 * 24 * 3_600_000;

describeWith(findMongo(), 'the documents of MongoDB', () => {
  let ground: Ground;
  let store: MongoReadStore;
  beforeEach(async () => {
    ground = openGround(await url());
    store = ground.open();
    await store.ensureCollection(SALES);
  });
  afterEach(() => ground.destroy());
  afterAll(stop);

  const stored = async () => (await store.load(SALES.name, ['s1.1'])).get('s1.1');

  it.each([
    ['an older position', { position: at(4) }],
    ['the same position', { position: at(5) }],
    ['an older prepare position', { position: { commit: 5n, prepare: 4n } }],
    ['an older position under an older epoch', { position: at(4), epoch: 1 }],
  ])('are not replaced by a document with %s', async (_, overrides) => {
    const newer = write('s1', '1', { total: 5 }, { position: at(5), epoch: 2 });
    await put(store, [newer]);
    await put(store, [write('s1', '1', { total: 4 }, { epoch: 2, ...overrides })]);

    expect(await stored()).toEqual(newer);
  });

  it('are replaced by repaired ones, also from an earlier position', async () => {
    await put(store, [write('s1', '1', { total: 5 }, { position: at(5) })]);
    const repaired = write('s1', '1', { total: 4 }, { position: at(4), epoch: 1 });
    await put(store, [repaired]);

    expect(await stored()).toEqual(repaired);
  });

  it('refuse a fold that started before their repair, and hold back its checkpoint', async () => {
    await put(store, [write('s1', '1', { total: 5 }, { position: at(5), epoch: 1 })]);
    const outcome = await store.commit({
      documents: [
        {
          collection: SALES,
          writes: [
            write('s1', '1', { total: 6 }, { position: at(6) }),
            write('s1', '2', { total: 6 }, { position: at(6) }),
          ],
        },
      ],
      checkpoints: [{ name: 'feed', from: undefined, to: checkpointAt(6) }],
    });

    expect(outcome).toEqual({ outcome: 'checkpoint-moved', name: SALES.name });
    expect(await store.checkpoint('feed')).toBeUndefined();
    expect(await stored()).toMatchObject({ body: { total: 5 } });
  });

  it('compare positions exactly, where doubles would not', async () => {
    const huge = 2n ** 60n;
    const newer = write('s1', '1', { total: 5 }, { position: at(huge + 1n) });
    await put(store, [newer]);
    await put(store, [write('s1', '1', { total: 4 }, { position: at(huge) })]);
    expect(await stored()).toEqual(newer);
    await put(store, [write('s1', '1', { total: 6 }, { position: at(huge + 2n) })]);
    expect(await stored()).toMatchObject({ body: { total: 6 } });
    await put(store, [write('s1', '1', { total: 7 }, { position: at(10n ** 19n) })]);
    expect(await stored()).toMatchObject({ body: { total: 7 } });
  });

  it('that were deleted keep their position, and are not restored by late writes', async () => {
    const late = write('s1', '1', { total: 1 }, { position: at(1) });
    await put(store, [late]);
    await put(store, [write('s1', '1', undefined, { position: at(9), epoch: 3 })]);
    await put(store, [late]);

    expect(await stored()).toEqual({ ...late, position: at(9), epoch: 3, body: undefined });
    expect(await store.scan(SALES.name, '', 10)).toEqual([]);
    const find = store.forStore('s1').find(SALES.name, { orderBy: 'total', limit: 9 });
    expect(await find).toEqual([]);
  });

  it('lose their tombstones after a week, once the checkpoint has passed', async () => {
    const deleted = ['old', 'young', 'ahead'].map((id) =>
      write('s1', id, undefined, { position: at(id === 'ahead' ? 9 : 2) }),
    );
    await put(store, [write('s1', '1', { total: 1 }), ...deleted], {
      checkpoints: [{ name: SALES.name, from: undefined, to: checkpointAt(5) }],
    });
    const place = ground.db.collection<{ _id: string }>(await ground.placeOf(SALES.name));
    await place.updateMany({ _id: { $in: ['s1.old', 's1.ahead'] } }, [
      { $set: { deletedAt: { $subtract: ['$deletedAt', TWO_WEEKS_MS] } } },
    ]);
    const other = ground.open();
    await put(other, [write('s1', '2', { total: 1 })]);
    await other.close();

    const left = await place
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .toArray();
    expect(left.map(({ _id }) => _id)).toEqual(['s1.1', 's1.2', 's1.ahead', 's1.young']);
  });

  it('are rejected when they exceed the limit of MongoDB, and nothing is written', async () => {
    const text = 'x'.repeat(16 * 1_024 * 1_024);
    const commit = store.commit({
      documents: [
        {
          collection: SALES,
          writes: [write('s1', '1', { total: 1 }), write('s1', '2', { text })],
        },
      ],
      checkpoints: [{ name: 'feed', from: undefined, to: checkpointAt(1) }],
    });

    await expect(commit).rejects.toThrow(/16515072 bytes.*s1\.2/);
    expect(await store.scan(SALES.name, '', 10)).toEqual([]);
    expect(await store.checkpoint('feed')).toBeUndefined();
  });

  it('may be that large, two in one commit', async () => {
    const text = 'ñ'.repeat(8_250_000);
    const large = [0, 1].map((i) => write('s1', `${i}`, { total: i, text }));
    await put(store, large);

    for (const { key } of large) {
      const found = await store.forStore('s1').get<{ text: string }>(SALES.name, key);
      // A message that shows the difference would be as large.
      expect(found?.body.text === text).toBe(true);
    }
  });

  it('get a newly indexed field during concurrent writes', async () => {
    const writes = Array.from({ length: 1_200 }, (_, i) =>
      write('s1', `n${i}`, { total: i, colour: `c${i % 7}` }),
    );
    await put(store, writes);
    const wider = {
      ...SALES,
      indexes: [...SALES.indexes, { name: 'by_colour', fields: ['colour'] }],
    };
    const older = ground.open();
    const changing = writes.map((each) => ({ ...each, position: at(2) }));
    await Promise.all([ground.open().ensureCollection(wider), put(older, changing)]);
    await put(older, [write('s1', 'last', { total: 1, colour: 'c0' })]);

    const where = { colour: 'c0' };
    const found = await older
      .forStore('s1')
      .find(SALES.name, { where, orderBy: 'total', limit: 1_000 });
    expect(found).toHaveLength(173);
  });
});
