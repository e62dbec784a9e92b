import type { EventStoreDbLog } from '../../../src/adapters/eventstoredb/event-log.ts';
import { comparePositions, type Position, START } from '../../../src/domain/kernel/position.ts';
import {
  appendDone,
  follow,
  type Follower,
  numbersOf,
  range,
  readToHead,
  readWholeStream,
  someEvent,
  someEvents,
  someMetadata,
  uniqueStream,
} from '../../support/event-log.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import {
  type EventStoreServer,
  findOwnEventStore,
  startEventStore,
} from '../../support/servers/event-store.ts';
import { startable } from '../../support/servers/find.ts';
import { openLog } from './opened-log.ts';
import { foreignStream, openOtherApplication, type OtherApplication } from './other-application.ts';

const MANY = 600;
const CATEGORY = 'order';

const source = findOwnEventStore();

/** How the streams of the log are named on the server: by a namespace, or as before there was one. */
const FORMS = [
  { form: 'a log with a namespace', prefix: 'tillstream.', isOld: false },
  { form: 'a log from before namespaces', prefix: '', isOld: true },
] as const;

describeWith(source, 'EventStoreDB shared with other applications', () => {
  describe.each(FORMS)('$form', ({ prefix, isOld }) => {
    let server: EventStoreServer;
    let others: OtherApplication;
    let log: EventStoreDbLog;
    /** What earlier tests wrote is before it. */
    let before: Position;
    const followers: Follower[] = [];

    beforeAll(async () => {
      server = await startEventStore(startable(source));
      others = openOtherApplication(server.connectionString);
      if (isOld) {
        const named = someEvent({ logId: 'old-log' }, { type: 'LogNamed' });
        await others.writeAsOldVersion('meta-system.log', [named]);
      }
      log = openLog(server.connectionString);
    });
    beforeEach(async () => {
      before = await log.head();
    });
    afterEach(async () => {
      for (const follower of followers.splice(0)) await follower.stop();
    });
    afterAll(async () => {
      await log.close();
      await others.close();
      await server.stop();
    });

    const order = () => uniqueStream(CATEGORY);
    const followed = (after: Position, categories?: readonly string[]) => {
      const follower = follow(log, { after, ...(categories && { categories }) });
      followers.push(follower);
      return follower;
    };

    it('shows no event of another application, wherever it stands', async () => {
      const streams = [order(), order()] as const;
      const live = followed(before);
      const filtered = followed(before, [CATEGORY, 'account']);
      await others.writeEach(foreignStream());
      await others.writeEach('order-42');
      await appendDone(log, streams[0], 'no-stream', someEvents(3));
      await others.writeEach(foreignStream());
      await appendDone(log, streams[1], 'no-stream', someEvents(2, 3));
      await appendDone(log, streams[0], 2, someEvents(2, 5));
      await others.writeEach('order-42');
      await others.writeEach(`shop2.${order()}`);

      for (const limit of [1, 2, 1_000]) {
        const all = await readToHead(log, { after: before, limit });
        expect(numbersOf(all.events)).toEqual(range(7));
        const orders = await readToHead(log, { after: before, limit, categories: [CATEGORY] });
        expect(orders.events).toEqual(all.events);
      }
      await live.until(() => live.events.length === 7);
      await filtered.until(() => filtered.events.length === 7);
      const again = followed(before);
      await again.until(() => again.messages.some(({ kind }) => kind === 'caught-up'));
      expect(numbersOf(again.events)).toEqual(range(7));
      expect(live.events).toEqual(again.events);
      expect(filtered.events).toEqual(again.events);
      expect(numbersOf(await log.readStream(streams[0]))).toEqual([0, 1, 2, 5, 6]);
    });

    it('has its head at its own newest event, however many others follow', async () => {
      await others.writeEach(foreignStream());
      expect(await log.head()).toEqual(before);
      const first = await appendDone(log, order(), 'no-stream', someEvents(2));
      const foreign = foreignStream();
      for (let i = 0; i < MANY / 5; i += 1) await others.writeEach(foreign);

      expect(await log.head()).toEqual(first.position);
      await others.writeEach(foreign);
      expect(await log.head()).toEqual(first.position);
      const second = await appendDone(log, order(), 'no-stream', someEvents(1));
      expect(await log.head()).toEqual(second.position);
      await log.ping();
    });

    it('finds its events at their positions and nothing at those of others', async () => {
      await others.writeEach('order-42');
      const { position } = await appendDone(log, order(), 'no-stream', someEvents(1));
      await others.writeEach('order-42');
      const found = await log.readAt(position);

      expect(numbersOf(found ? [found] : [])).toEqual([0]);
      const page = await log.readAll({ after: position });
      expect(page).toMatchObject({ events: [], atHead: true });
      expect(comparePositions(page.position, position)).toBe(1);
      expect(await log.readAt(page.position)).toBeUndefined();
    });

    it('moves subscriptions on over events of others', async () => {
      const filtered = followed(before, [CATEGORY]);
      const { position } = await appendDone(log, order(), 'no-stream', someEvents(1));
      await filtered.until(() => filtered.events.length === 1);
      const foreign = `${CATEGORY}-42`;
      for (let i = 0; i < (MANY * 2) / 5; i += 1) await others.writeEach(foreign);

      await filtered.until(() => comparePositions(filtered.position, position) > 0);
      expect(filtered.events).toHaveLength(1);
      const late = await appendDone(log, order(), 'no-stream', someEvents(1, 1));
      await filtered.until(() => filtered.events.length === 2);
      expect(filtered.events[1]?.position).toEqual(late.position);
    });

    it('keeps its name and its events when it is opened again', async () => {
      const stream = order();
      const logId = await log.logId();
      await appendDone(log, stream, 'no-stream', someEvents(2));
      await others.writeEach('order-42');
      const again = openLog(server.connectionString);
      try {
        expect(await again.logId()).toBe(logId);
        expect(numbersOf(await again.readStream(stream))).toEqual([0, 1]);
        await appendDone(again, stream, 1, someEvents(1, 2));
      } finally {
        await again.close();
      }
      expect(numbersOf(await log.readStream(stream))).toEqual([0, 1, 2]);
    });

    it('gives no gap to readers of a stream that was truncated or deleted and goes on', async () => {
      const [truncated, counted, deleted] = [order(), order(), order()];
      for (const stream of [truncated, counted, deleted]) {
        await appendDone(log, stream, 'no-stream', someEvents(4));
      }
      await others.setMetadata(prefix + truncated, { truncateBefore: 2 });
      await others.setMetadata(prefix + counted, { maxCount: 1 });
      await others.softDelete(prefix + deleted);

      expect(numbersOf(await log.readStream(truncated))).toEqual([2, 3]);
      expect(numbersOf(await log.readStream(counted))).toEqual([3]);
      expect(await log.readStream(deleted)).toEqual([]);
      expect(numbersOf(await log.readStream(truncated, { from: 1, limit: 1 }))).toEqual([2]);
      expect(await appendDone(log, truncated, 3, someEvents(1, 4))).toMatchObject({ revision: 4 });
      expect(await appendDone(log, counted, 3, someEvents(1, 4))).toMatchObject({ revision: 4 });
      const recreated = await appendDone(log, deleted, 'no-stream', someEvents(2, 4));
      expect(recreated.revision).toBe(5);
      expect((await log.readStream(deleted)).map(({ revision }) => revision)).toEqual([4, 5]);
      expect(await log.head()).toEqual(recreated.position);
      const live = followed(before, [CATEGORY]);
      await live.until(() => live.messages.some(({ kind }) => kind === 'caught-up'));
      expect(live.events.at(-1)?.position).toEqual(recreated.position);
    });

    it('shows an event in a stream of its own that it cannot read, with the reason', async () => {
      const stream = order();
      await appendDone(log, stream, 'no-stream', someEvents(1));
      const metadata = { ...someMetadata(), actor: 'till' };
      await others.writeJson(prefix + stream, metadata);
      const read = await readWholeStream(log, stream);
      const { events } = await readToHead(log, { after: before });

      expect(read.map(({ unreadable }) => unreadable)).toEqual([
        undefined,
        'an event with the metadata of Tillstream',
      ]);
      expect(events).toEqual(read);
      expect(read[1]).toMatchObject({
        stream,
        revision: 1,
        type: 'OrderPlaced',
        data: { id: 42 },
        metadata: { storeId: 's1', schemaVersion: 0 },
      });
    });

    it('counts the events of others and its own that it cannot read', async () => {
      const stream = order();
      await appendDone(log, stream, 'no-stream', someEvents(3));
      const earlier = await log.examineContent();
      const count = await others.writeEach('order-42');
      await others.writeJson(prefix + stream, { ...someMetadata(), fields: 1 });
      const report = await log.examineContent();

      expect(report.examined).toBe(earlier.examined + count + 1);
      expect(report.passedOver.count).toBe(earlier.passedOver.count + count);
      expect(report.unreadable.count).toBe(earlier.unreadable.count + 1);
      expect(report).toMatchObject({ prefix, complete: true });
      expect(report.passedOver.streams).toContain('order-42');
      expect(report.unreadable.examples[0]).toMatchObject({ stream, revision: 3 });
    });
  });

  describe('whose a log is', () => {
    let server: EventStoreServer;
    let others: OtherApplication;
    const opened: EventStoreDbLog[] = [];
    const open = (namespace?: string) => {
      const log = openLog(server.connectionString, {}, namespace);
      opened.push(log);
      return log;
    };

    beforeEach(async () => {
      server = await startEventStore(startable(source));
      others = openOtherApplication(server.connectionString);
    });
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
      await others.close();
      await server.stop();
    });

    it('keeps the logs of two namespaces apart', async () => {
      const [first, second] = [open(), open('shop2')];
      const stream = uniqueStream(CATEGORY);
      await appendDone(first, stream, 'no-stream', someEvents(2));
      await appendDone(second, stream, 'no-stream', someEvents(1, 7));

      expect(await first.logId()).not.toBe(await second.logId());
      expect(numbersOf((await readToHead(first, { after: START })).events)).toEqual([0, 1]);
      expect(numbersOf((await readToHead(second, { after: START })).events)).toEqual([7]);
      expect(numbersOf(await second.readStream(stream))).toEqual([7]);
    });

    it('adopts a log from before namespaces, also after its name was deleted', async () => {
      const stream = uniqueStream(CATEGORY);
      await others.writeAsOldVersion('meta-system.log', [
        someEvent({ logId: 'old-log' }, { type: 'LogNamed' }),
      ]);
      await others.writeAsOldVersion(stream, someEvents(3));
      const other = open('shop2');
      const adopted = open();

      expect(await adopted.logId()).toBe('old-log');
      expect(numbersOf((await readToHead(adopted, { after: START })).events)).toEqual([0, 1, 2]);
      expect((await readToHead(other, { after: START })).events).toEqual([]);
      await others.softDelete('meta-system.log');
      const renamed = open();
      expect(numbersOf(await renamed.readStream(stream))).toEqual([0, 1, 2]);
      expect(await renamed.logId()).not.toBe('old-log');
      expect(numbersOf(await open().readStream(stream))).toEqual([0, 1, 2]);
    });

    it('does not adopt a stream of another application that has the name of ours', async () => {
      await others.writeJson('meta-system.log');
      await others.writeJson('order-s1.1');
      const log = open();
      await appendDone(log, 'order-s1.1', 'no-stream', someEvents(1));

      expect((await log.examineContent()).prefix).toBe('tillstream.');
      expect(numbersOf((await readToHead(log, { after: START })).events)).toEqual([0]);
    });

    it('names a log before its first event', async () => {
      const log = open();
      await appendDone(log, uniqueStream(CATEGORY), 'no-stream', someEvents(1));
      await others.writeAsOldVersion('meta-system.log', [
        someEvent({ logId: 'late' }, { type: 'LogNamed' }),
      ]);

      expect((await readToHead(open(), { after: START })).events).toHaveLength(1);
      expect(await open().logId()).toBe(await log.logId());
    });

    it('shows no head while all events are of others', async () => {
      await others.writeEach(foreignStream());
      const log = open();

      expect(await log.head()).toEqual(START);
      expect(await log.readAll({ after: START })).toMatchObject({ events: [], atHead: true });
    });
  });
});

test.each(['', 'Shop', 'a.b', 'a-b', '$a', '1a'])('rejects the namespace "%s"', (namespace) => {
  expect(() => openLog('esdb://127.0.0.1:1?tls=false', {}, namespace)).toThrow(
    'expected a namespace',
  );
});
