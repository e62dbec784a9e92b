import { describeLeaseContract } from '../../contracts/lease/suite.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { openGround, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();

describeWith(findMongo(), 'MongoDB as lease storage', () => {
  afterAll(stop);

  describeLeaseContract('MongoDB', async () => {
    const ground = openGround(await url());
    return {
      leases: ground.open().leases,
      elsewhere: ground.open().leases,
      // Its clock cannot be moved: what it has promised is.
      pass: async (ms) => {
        const earlier = { $set: { until: { $subtract: ['$until', ms] } } };
        await ground.db.collection('leases').updateMany({}, [earlier]);
      },
      destroy: () => ground.destroy(),
    };
  });

  it('accepts names and holders of any text', async () => {
    const ground = openGround(await url());
    const { leases } = ground.open();
    for (const text of ['$name', 'a.b', '{"$gt":""}', '$$NOW', 'ñ 🧾']) {
      expect(await leases.acquire(text, text, 60_000)).toMatchObject({ name: text, holder: text });
      expect(await leases.acquire(text, 'another', 60_000)).toBeUndefined();
      await leases.release(text, text);
      expect(await leases.acquire(text, 'another', 60_000)).toMatchObject({ token: 2 });
    }
    await ground.destroy();
  });
});
