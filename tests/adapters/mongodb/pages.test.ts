import type { MongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import type { Query } from '../../../src/ports/read-store.ts';
import { put, SALES, write } from '../../contracts/read-store/documents.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { type Ground, openGround, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();
const MANY = 3_000;
const LIMIT = 20;
/** Each page may examine a few more documents than it returns, but never previous pages. */
const MAX_EXAMINED = 3 * LIMIT;

describeWith(findMongo(), 'pages of documents in MongoDB', () => {
  let ground: Ground;
  let store: MongoReadStore;
  beforeAll(async () => {
    ground = openGround(await url());
    store = ground.open();
    await store.ensureCollection(SALES);
    // All have the same day, and only ten totals: pages start within thousands of equal values.
    const sales = Array.from({ length: MANY }, (_, i) =>
      write(`s${i % 2}`, `n${i}`, { total: Math.floor((i * 10) / MANY), day: 'd' }),
    );
    for (let from = 0; from < MANY; from += 1_000)
      await put(store, sales.slice(from, from + 1_000));
    await ground.db.setProfilingLevel('all');
  });
  afterAll(async () => {
    await ground.destroy();
    await stop();
  });

  it.each<[string, Query]>([
    ['the first', { orderBy: 'total', limit: LIMIT }],
    ['one in the middle', { orderBy: 'total', limit: LIMIT, after: { value: 4, key: 's1.n1301' } }],
    [
      'one backwards',
      {
        orderBy: 'total',
        direction: 'descending',
        limit: LIMIT,
        after: { value: 4, key: 's1.n13' },
      },
    ],
    [
      'one of those with a value',
      { where: { day: 'd' }, orderBy: 'total', limit: LIMIT, after: { value: 8, key: 's1.n2501' } },
    ],
    [
      'one of a range',
      { range: { field: 'total', from: 3, below: 5 }, orderBy: 'total', limit: LIMIT },
    ],
  ])('are read from an index, without examining more: %s', async (_, query) => {
    const profile = ground.db.collection('system.profile');
    const since = await profile.countDocuments({ op: 'query' });
    const found = await store.forStore('s1').find(SALES.name, query);
    const ns = `${ground.db.databaseName}.${await ground.placeOf(SALES.name)}`;
    const all = await profile.find({ op: 'query' }).sort({ ts: 1 }).toArray();
    const finds = all.slice(since).filter((each) => each['ns'] === ns);
    const sum = (field: string) => finds.reduce((total, each) => total + Number(each[field]), 0);

    expect(found).toHaveLength(LIMIT);
    expect(finds).toHaveLength(query.after ? 2 : 1);
    expect(sum('docsExamined')).toBeLessThanOrEqual(MAX_EXAMINED);
    expect(sum('keysExamined')).toBeLessThanOrEqual(MAX_EXAMINED);
    expect(finds.some((each) => each['hasSortStage'] === true)).toBe(false);
  });
});
