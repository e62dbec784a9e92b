import type { MongoReadStore } from '../../../src/adapters/mongodb/read-store.ts';
import { MongoTimeLimitError } from '../../../src/adapters/mongodb/time-limits.ts';
import { checkpointAt, put, SALES, write } from '../../contracts/read-store/documents.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import { startable } from '../../support/servers/find.ts';
import {
  directUrlOf,
  findOwnMongo,
  type MongoServer,
  startMongo,
} from '../../support/servers/mongo.ts';
import { type Ground, openGround } from './opened-store.ts';
import { createToyProcessor, expectedDocuments, storedDocuments } from './toy-processor.ts';

const SHORT = { readMs: 500, writeMs: 700, pingMs: 400, connectMs: 1_000 };
const TIMEOUT_MS = 120_000;

const source = findOwnMongo();

describeWith(source, 'MongoDB behind a network that fails', () => {
  let server: MongoServer;
  let proxy: FaultProxy;
  const grounds: Ground[] = [];
  beforeAll(async () => {
    server = await startMongo(startable(source));
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(server.port);
  });
  afterEach(async () => {
    proxy.set({});
    await Promise.all(grounds.splice(0).map((ground) => ground.destroy()));
    await proxy.stop();
  });
  afterAll(() => server.stop());

  function open(timeouts = {}): MongoReadStore {
    const ground = openGround(directUrlOf(proxy.port));
    grounds.push(ground);
    return ground.open({ timeouts });
  }

  it.each(['up', 'down'] as const)(
    'has every document whole when connections are cut in commits, on the way %s',
    async (way) => {
      const log = { events: 2_400, documents: 100 };
      const store = open();
      await store.ensureCollection(SALES);
      const processor = createToyProcessor(store, log, 120);
      let batches = 0;
      processor.beforeBatch = () => {
        batches += 1;
        // A little further into the batch each time: its read, its documents, its checkpoint.
        if (batches % 2 === 0) proxy.set({ [way]: { type: 'cut', afterBytes: batches * 150 } });
      };
      await processor.runThrough();
      proxy.set({});
      // The driver retries operations that were cut once.
      expect(proxy.cuts).toBeGreaterThan(5);
      expect(await storedDocuments(store)).toEqual(expectedDocuments(log));
      expect(await store.checkpoint(SALES.name)).toEqual(checkpointAt(log.events));
    },
    TIMEOUT_MS,
  );

  it(
    'has every document whole after commits that were done and never answered',
    async () => {
      const log = { events: 1_200, documents: 100 };
      const store = open({ readMs: 1_500, writeMs: 1_500 });
      await store.ensureCollection(SALES);
      const processor = createToyProcessor(store, log, 120);
      const swallowed = [120, 480, 840];
      processor.beforeCommit = (done) => {
        if (done !== swallowed[0]) return;
        swallowed.shift();
        proxy.set({ down: { type: 'black-hole' } });
      };
      // Operations that timed out may still be running.
      processor.afterFailure = () => proxy.set({});
      const failures = await processor.runThrough();
      expect(failures).toBeGreaterThanOrEqual(3);
      expect(await storedDocuments(store)).toEqual(expectedDocuments(log));
      expect(await store.checkpoint(SALES.name)).toEqual(checkpointAt(log.events));
    },
    TIMEOUT_MS,
  );

  it(
    'holds no call past its limit when nothing gets through, and goes on after it',
    async () => {
      const store = open(SHORT);
      await store.ensureCollection(SALES);
      proxy.set({ down: { type: 'black-hole' } });
      const commit = store.commit({
        documents: [{ collection: SALES, writes: [write('s1', '1', { total: 1 })] }],
        checkpoints: [{ name: 'feed', from: undefined, to: checkpointAt(1) }],
      });
      await expect(commit).rejects.toThrow(MongoTimeLimitError);
      await expect(store.ping()).rejects.toThrow(MongoTimeLimitError);
      proxy.set({});
      proxy.reset();
      const patient = open();
      await patient.ping();
    },
    TIMEOUT_MS,
  );

  it(
    'reconnects after connections were refused',
    async () => {
      const store = open(SHORT);
      await store.ensureCollection(SALES);
      await proxy.refuse();
      proxy.reset();
      await expect(store.ping()).rejects.toThrow();
      await proxy.accept();
      let reached = false;
      for (let tries = 0; tries < 50 && !reached; tries++) {
        reached = await store.ping().then(
          () => true,
          () => false,
        );
      }
      expect(reached).toBe(true);
      await put(store, [write('s1', '1', { total: 1 })]);
    },
    TIMEOUT_MS,
  );
});
