import { describeReadStoreContract } from '../../contracts/read-store/suite.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { startable } from '../../support/servers/find.ts';
import {
  findMongo,
  findOwnMongo,
  type MongoServer,
  startMongo,
} from '../../support/servers/mongo.ts';
import { openForContract, sharedMongo } from './opened-store.ts';

const { url, stop } = sharedMongo();

describeWith(findMongo(), 'MongoDB as a read store', () => {
  afterAll(stop);

  describeReadStoreContract('MongoDB', async () => openForContract(await url()));
});

describeWith(findOwnMongo(), 'MongoDB on a standalone server', () => {
  let server: MongoServer;
  beforeAll(async () => {
    server = await startMongo(startable(findOwnMongo()), { topology: 'standalone' });
  });
  afterAll(() => server.stop());

  describeReadStoreContract('standalone MongoDB', async () => openForContract(server.url));
});
