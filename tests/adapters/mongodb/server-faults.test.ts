import { checkpointAt, put, SALES, write } from '../../contracts/read-store/documents.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { startable } from '../../support/servers/find.ts';
import { findOwnMongo, type MongoServer, startMongo } from '../../support/servers/mongo.ts';
import { type Ground, openGround } from './opened-store.ts';
import { createToyProcessor, expectedDocuments, storedDocuments } from './toy-processor.ts';

const SHORT = { readMs: 600, writeMs: 800, buildMs: 1_000, pingMs: 400, connectMs: 1_000 };
/** Far above the limits, for a busy machine, and far below what the driver waits by itself. */
const WELL_BELOW_DRIVER_MS = 8_000;
const TIMEOUT_MS = 180_000;

const source = findOwnMongo();

describeWith(source, 'MongoDB servers that freeze, die and come back', () => {
  let server: MongoServer;
  const grounds: Ground[] = [];
  beforeAll(async () => {
    server = await startMongo(startable(source));
  });
  afterEach(async () => {
    await server.thaw();
    await Promise.all(grounds.splice(0).map((ground) => ground.destroy()));
  });
  afterAll(() => server.stop());

  function newGround(): Ground {
    const ground = openGround(server.url);
    grounds.push(ground);
    return ground;
  }

  it(
    'hold no call past its limit while they are frozen, and answer again after it',
    async () => {
      const ground = newGround();
      await ground.open().ensureCollection(SALES);
      const store = ground.open({ timeouts: SHORT });
      await put(store, [write('s1', '1', { total: 1 })]);
      await server.freeze();
      const before = performance.now();
      const calls = [
        store.ping(),
        store.load(SALES.name, ['s1.1']),
        store.scan(SALES.name, '', 1),
        store.forStore('s1').get(SALES.name, 's1.1'),
        store.forStore('s1').find(SALES.name, { orderBy: 'total', limit: 1 }),
        store.checkpoint('feed'),
        store.claimCheckpoint('feed', 1),
        store.revisions('feed', ['order-s1.1']),
        store.commit({
          documents: [{ collection: SALES, writes: [write('s1', '2', { total: 2 })] }],
          checkpoints: [{ name: 'feed', from: undefined, to: checkpointAt(1) }],
        }),
        store.ensureCollection(SALES),
        store.liveGeneration('sales'),
        store.leases.acquire('feed', 'a', 1_000),
        store.leases.held(),
        store.snapshots.get('order-s1.1'),
      ];
      const answers = await Promise.allSettled(calls);
      expect(performance.now() - before).toBeLessThan(WELL_BELOW_DRIVER_MS);
      const reasons = answers.map((each) =>
        each.status === 'rejected' ? (each.reason as Error).name : 'was answered',
      );
      // Some give up while they wait for a connection that the others hold.
      for (const reason of reasons) expect(reason).toMatch(/Mongo\w*Time/);
      await server.thaw();
      const patient = ground.open();
      expect((await patient.load(SALES.name, ['s1.1'])).size).toBe(1);
      await put(patient, [write('s1', '3', { total: 3 })]);
      expect(await patient.scan(SALES.name, 's1.2', 1)).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  it(
    'end a store that is closed while they are frozen',
    async () => {
      const store = newGround().open({ timeouts: SHORT });
      await store.ping();
      await server.freeze();
      const before = performance.now();
      await store.close();
      expect(performance.now() - before).toBeLessThan(WELL_BELOW_DRIVER_MS);
    },
    TIMEOUT_MS,
  );

  it(
    'have every document whole after they were killed in the middle of batches',
    async () => {
      const log = { events: 6_000, documents: 300 };
      const store = newGround().open();
      await store.ensureCollection(SALES);
      const processor = createToyProcessor(store, log, 250);
      const kills = [500, 2_000, 3_750];
      let restarting = Promise.resolve();
      processor.beforeBatch = (done) => {
        if (done < (kills[0] ?? Infinity)) return;
        kills.shift();
        // Beside the batch, which is on its way meanwhile.
        restarting = restarting.then(() => server.kill()).then(() => server.restart());
      };
      await processor.runThrough();
      await restarting;
      expect(kills).toEqual([]);
      expect(await storedDocuments(store)).toEqual(expectedDocuments(log));
      expect(await store.checkpoint(SALES.name)).toEqual(checkpointAt(log.events));
    },
    TIMEOUT_MS,
  );

  it(
    'never hand out a token of a lease twice, nor lose a claim, over a kill',
    async () => {
      const ground = newGround();
      const store = ground.open();
      const first = await store.leases.acquire('feed', 'a', 600_000);
      await store.claimCheckpoint('feed', 7);
      await server.kill();
      await server.restart();
      const again = ground.open();
      expect(await again.leases.acquire('feed', 'b', 1_000)).toBeUndefined();
      expect(await again.leases.acquire('feed', 'a', 1_000)).toMatchObject({ token: first?.token });
      expect(await again.claimCheckpoint('feed', 6)).toBe(false);
    },
    TIMEOUT_MS,
  );
});
