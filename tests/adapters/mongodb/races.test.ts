import type { MongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { at, put, SALES, write } from '../../contracts/read-store/documents.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { type Ground, openGround, sharedMongo } from './opened-store.ts';
import { createToyProcessor, expectedDocuments, storedDocuments } from './toy-processor.ts';

const { url, stop } = sharedMongo();

describeWith(findMongo(), 'MongoDB with concurrent writers', () => {
  let ground: Ground;
  let stores: MongoReadStore[];
  beforeEach(async () => {
    ground = openGround(await url());
    stores = [ground.open(), ground.open(), ground.open()];
    await Promise.all(stores.map((store) => store.ensureCollection(SALES)));
  });
  afterEach(() => ground.destroy());
  afterAll(stop);

  it.each([
    [7, 13],
    [50, 50],
    [1, 90],
  ])(
    'leaves the documents that one writer would, with batches of %i and of %i',
    async (one, other) => {
      const log = { events: 1_200, documents: 40 };
      const [first, second] = stores as [MongoReadStore, MongoReadStore];
      await Promise.all([
        createToyProcessor(first, log, one).run(),
        createToyProcessor(second, log, other).run(),
      ]);
      expect(await storedDocuments(first)).toEqual(expectedDocuments(log));
      expect((await first.checkpoint(SALES.name))?.position).toEqual(at(log.events));
    },
  );

  it('keeps the newest of many that insert the same documents at the same moment', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `n${i}`);
    const positions = [5, 3, 9, 1, 7, 2, 8, 4, 6];
    await Promise.all(
      positions.map((position, i) =>
        put(
          stores[i % stores.length]!,
          ids.map((id) => write('s1', id, { total: position }, { position: at(position) })),
        ),
      ),
    );
    const found = await storedDocuments(stores[0]!);
    expect(found.size).toBe(ids.length);
    expect(new Set([...found.values()].map((body) => JSON.stringify(body)))).toEqual(
      new Set(['{"total":9}']),
    );
  });

  it('has its collections created by all of them concurrently', async () => {
    const spec = { ...SALES, name: 'made__v1_g1' };
    await Promise.all(stores.map((store) => store.ensureCollection(spec)));
    await Promise.all(
      stores.map((store, i) =>
        put(store, [write('s1', `${i}`, { total: i })], { collection: spec }),
      ),
    );
    expect(await stores[0]!.scan(spec.name, '', 10)).toHaveLength(stores.length);
  });

  it('has exactly one last claim of many with different tokens', async () => {
    const tokens = [4, 9, 2, 7, 1, 8];
    await Promise.all(
      tokens.map((token, i) => stores[i % stores.length]!.claimCheckpoint('feed', token)),
    );
    expect(await stores[0]!.claimCheckpoint('feed', 8)).toBe(false);
    expect(await stores[0]!.claimCheckpoint('feed', 9)).toBe(true);
  });
});
