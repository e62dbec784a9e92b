import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { type Ground, openGround, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();

const SNAPSHOT = {
  stream: 'order-s1.1',
  revision: 99,
  lastEventId: 'event-99',
  foldVersion: 2,
  body: '{"state":{"a.b":{"$c":null}}}',
  digest: 'abc',
};

describeWith(findMongo(), 'MongoDB as a snapshot store', () => {
  let ground: Ground;
  beforeEach(async () => {
    ground = openGround(await url());
  });
  afterEach(() => ground.destroy());
  afterAll(stop);

  it('returns a snapshot unchanged, also to another instance', async () => {
    await ground.open().snapshots.put(SNAPSHOT);

    const { snapshots } = ground.open();
    expect(await snapshots.get(SNAPSHOT.stream)).toEqual(SNAPSHOT);
    expect(await snapshots.get('order-s1.2')).toBeUndefined();
  });

  it('keeps the last snapshot of each stream', async () => {
    const { snapshots } = ground.open();
    await snapshots.put(SNAPSHOT);
    await snapshots.put({ ...SNAPSHOT, revision: 199 });
    await snapshots.put({ ...SNAPSHOT, stream: 'order-s1.2' });

    expect(await snapshots.get(SNAPSHOT.stream)).toMatchObject({ revision: 199 });
    expect(await ground.db.collection('snapshots').countDocuments()).toBe(2);
  });

  it('accepts the first snapshots of a stream from concurrent writers', async () => {
    const stores = [ground.open(), ground.open()];
    const puts = Array.from({ length: 20 }, (_, i) =>
      stores[i % 2]!.snapshots.put({ ...SNAPSHOT, revision: i }),
    );
    await Promise.all(puts);

    expect(await stores[0]!.snapshots.get(SNAPSHOT.stream)).toMatchObject({ foldVersion: 2 });
  });
});
