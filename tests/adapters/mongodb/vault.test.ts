import { describeVaultContract } from '../../contracts/vault/suite.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { findMongo } from '../../support/servers/mongo.ts';
import { openGround, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();

describeWith(findMongo(), 'MongoDB as vault', () => {
  afterAll(stop);

  describeVaultContract('MongoDB', async () => {
    const ground = openGround(await url());
    return {
      vault: ground.open().vault,
      elsewhere: ground.open().vault,
      now: () => Date.now(),
      // Its clock cannot be moved: what expires does so earlier.
      pass: async (ms) => {
        const earlier = { $set: { until: { $subtract: ['$until', ms] } } };
        const vault = ground.db.collection('vault', { writeConcern: { w: 'majority' } });
        await vault.updateMany({ until: { $ne: null } }, [earlier]);
      },
      destroy: () => ground.destroy(),
    };
  });
});
