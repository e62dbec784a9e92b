import { describeReadStoreContract } from '../../contracts/read-store/suite.ts';
import { findOwnMongo } from '../../support/servers/mongo.ts';
import { describeWith } from '../../support/servers.ts';
import { sharedMongo } from './opened-store.ts';
import { openTemporaryStore } from './temporary-store.ts';

const { url, stop } = sharedMongo({ replicaSet: false });

describeWith(findOwnMongo(), 'MongoDB without a replica set', () => {
  afterAll(stop);

  describeReadStoreContract('standalone MongoDB', async () => openTemporaryStore(await url()));
});
