import { TimeLimitError } from '../../../src/adapters/eventstoredb/time-limits.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  follow,
  type Follower,
  numbersOf,
  range,
  someEvent,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import {
  connectionStringOf,
  type EventStoreServer,
  findOwnEventStore,
  startEventStore,
} from '../../support/servers/event-store.ts';
import { startable } from '../../support/servers/find.ts';
import { openLog } from './opened-log.ts';
import { repeatUntilDone } from './repeat.ts';

const LIMITS = { appendMs: 1_000, readMs: 1_000, pingMs: 500, stallTimeoutMs: 500 };
/** For appends that must reach the server: it drops those that arrive after their deadline. */
const PATIENT = { appendMs: 30_000 };
const BLACK_HOLE = { type: 'black-hole' } as const;
const MAX_RESUBSCRIBES = 50;
const TIMEOUT_MS = 120_000;

const source = findOwnEventStore();

describeWith(source, 'EventStoreDB behind a network that fails', () => {
  let server: EventStoreServer;
  /** Directly to the server, to see what is stored. */
  let direct: EventLog;
  let proxy: FaultProxy;
  let log: EventLog;
  const patient: EventLog[] = [];

  beforeAll(async () => {
    server = await startEventStore(startable(source));
    direct = openLog(server.connectionString);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await direct.close();
    await server.stop();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(server.port);
    log = openLog(connectionStringOf(proxy.port), LIMITS);
    // Open both connections before any fault.
    await repeatUntilDone(log, uniqueStream(), 'no-stream', someEvents(1));
  });
  afterEach(async () => {
    proxy.set({});
    await Promise.all([log, ...patient.splice(0)].map((each) => each.close()));
    await proxy.stop();
  });

  /** The first append of a log reads the log's name: it is read here, before any fault. */
  async function openPatient(): Promise<EventLog> {
    const opened = openLog(connectionStringOf(proxy.port), PATIENT);
    patient.push(opened);
    await opened.logId();
    return opened;
  }

  async function untilCaughtUp(follower: Follower): Promise<void> {
    await follower.until(() => follower.messages.some(({ kind }) => kind === 'caught-up'));
  }

  /** Resolves when the server has so many events of the stream's category. */
  async function untilStored(stream: string, count: number): Promise<void> {
    const categories = [stream.slice(0, stream.indexOf('-'))];
    const maxResubscribes = MAX_RESUBSCRIBES;
    const follower = follow(direct, { after: START, categories, maxResubscribes });
    await follower.until(() => follower.events.length >= count);
    await follower.stop();
  }

  describe('append', () => {
    it('is unknown when it is cut before the commit, and done once when repeated', async () => {
      const stream = uniqueStream();
      const events = someEvents(2);
      proxy.set({ up: BLACK_HOLE });
      const outcome = await log.append(stream, 'no-stream', events);
      expect(outcome.outcome).toBe('unknown');
      proxy.reset();
      expect(await direct.readStream(stream)).toEqual([]);
      proxy.set({});
      const done = await repeatUntilDone(log, stream, 'no-stream', events);
      expect(done.revision).toBe(1);
      expect(numbersOf(await direct.readStream(stream))).toEqual([0, 1]);
    });

    it('is unknown when it is cut after the commit, and done once when repeated', async () => {
      const stream = uniqueStream();
      const events = someEvents(2);
      const waiting = await openPatient();
      proxy.set({ down: BLACK_HOLE });
      const appending = waiting.append(stream, 'no-stream', events);
      await untilStored(stream, 2);
      proxy.reset();
      expect((await appending).outcome).toBe('unknown');
      const stored = await direct.readStream(stream);
      proxy.set({});
      const done = await repeatUntilDone(log, stream, 'no-stream', events);
      expect(done.position).toEqual(stored[1]?.position);
      expect(await direct.readStream(stream)).toEqual(stored);
    });

    it('stores nothing of a batch that is cut in the middle, and all when repeated', async () => {
      const stream = uniqueStream();
      const events = range(10).map((n) => someEvent({ n, text: 'x'.repeat(50_000) }));
      proxy.set({ up: { type: 'cut', afterBytes: 200_000 } });
      const outcome = await log.append(stream, 'no-stream', events);
      expect(outcome.outcome).toBe('unknown');
      expect(await direct.readStream(stream)).toEqual([]);
      await repeatUntilDone(log, stream, 'no-stream', events);
      expect(numbersOf(await direct.readStream(stream))).toEqual(range(10));
    });

    it('is stored once when two attempts that timed out arrive late', async () => {
      const stream = uniqueStream();
      const events = someEvents(3);
      proxy.set({ up: BLACK_HOLE });
      const outcomes = await Promise.all([
        log.append(stream, 'no-stream', events),
        log.append(stream, 'no-stream', events),
      ]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
      proxy.set({});
      await repeatUntilDone(log, stream, 'no-stream', events);
      expect(numbersOf(await direct.readStream(stream))).toEqual([0, 1, 2]);
    });

    it('reports many in flight as unknown when the connection is reset, each stored once', async () => {
      const category = uniqueCategory();
      const appends = range(64).map((n) => ({
        stream: uniqueStream(category),
        events: someEvents(2, n),
      }));
      const waiting = await openPatient();
      proxy.set({ down: BLACK_HOLE });
      const appending = appends.map((each) =>
        waiting.append(each.stream, 'no-stream', each.events),
      );
      await untilStored(appends[0]?.stream ?? '', 128);
      proxy.reset();
      const outcomes = await Promise.all(appending);
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
      proxy.set({});
      await Promise.all(
        appends.map((each) => repeatUntilDone(log, each.stream, 'no-stream', each.events)),
      );
      for (const { stream } of appends) expect(await direct.readStream(stream)).toHaveLength(2);
    });

    it('is unknown while connections are refused, and done once when they are not', async () => {
      const stream = uniqueStream();
      const events = someEvents(2);
      await proxy.refuse();
      proxy.reset();
      expect((await log.append(stream, 'no-stream', events)).outcome).toBe('unknown');
      await expect(log.ping()).rejects.toThrow();
      await proxy.accept();
      await repeatUntilDone(log, stream, 'no-stream', events);
      expect(numbersOf(await direct.readStream(stream))).toEqual([0, 1]);
    });

    it('is done once after the server has half closed its connections', async () => {
      const stream = uniqueStream();
      const events = someEvents(2);
      proxy.halfClose();
      await repeatUntilDone(log, stream, 'no-stream', events);
      expect(numbersOf(await direct.readStream(stream))).toEqual([0, 1]);
    });

    it('is done over a slow and narrow network', async () => {
      const stream = uniqueStream();
      proxy.set({
        up: { type: 'throttle', bytesPerSecond: 500_000 },
        down: { type: 'delay', ms: 20 },
      });
      const events = range(3).map((n) => someEvent({ n, text: 'x'.repeat(20_000) }));
      await appendDone(log, stream, 'no-stream', events);
      expect(numbersOf(await log.readStream(stream))).toEqual([0, 1, 2]);
    });
  });

  describe('subscription', () => {
    /** Resumes after a break at the last position; together nothing is missing. */
    async function expectRest(first: Follower, category: string, total: number): Promise<void> {
      const options = { categories: [category], maxResubscribes: MAX_RESUBSCRIBES };
      const second = follow(log, { ...options, after: first.position });
      await second.until(() => first.events.length + second.events.length >= total);
      await second.stop();
      expect(numbersOf([...first.events, ...second.events])).toEqual(range(total));
    }

    it('ends with an error when it is cut while it catches up, and resumes there', async () => {
      const category = uniqueCategory();
      await appendDone(direct, uniqueStream(category), 'no-stream', someEvents(1_000));
      await appendDone(direct, uniqueStream(category), 'no-stream', someEvents(1_000, 1_000));
      proxy.set({ down: { type: 'cut', afterBytes: 300_000 } });
      const first = follow(log, { after: START, categories: [category], batchSize: 50 });
      await expect(first.ended).rejects.toThrow();
      expect(first.events.length).toBeLessThan(2_000);
      await expectRest(first, category, 2_000);
    });

    it('ends with an error when it is reset while it is live, and resumes there', async () => {
      const category = uniqueCategory();
      const stream = uniqueStream(category);
      await appendDone(direct, stream, 'no-stream', someEvents(3));
      const first = follow(log, { after: START, categories: [category] });
      await untilCaughtUp(first);
      proxy.reset();
      await expect(first.ended).rejects.toThrow();
      await appendDone(direct, stream, 2, someEvents(3, 3));
      await expectRest(first, category, 6);
    });

    it('detects a network that drops everything, and resumes at its position', async () => {
      const category = uniqueCategory();
      const stream = uniqueStream(category);
      await appendDone(direct, stream, 'no-stream', someEvents(3));
      const first = follow(log, { after: START, categories: [category] });
      await untilCaughtUp(first);
      proxy.set({ up: BLACK_HOLE, down: BLACK_HOLE });
      await appendDone(direct, stream, 2, someEvents(3, 3));
      await expect(first.ended).rejects.toThrow(TimeLimitError);
      expect(first.events).toHaveLength(3);
      proxy.reset();
      proxy.set({});
      await expectRest(first, category, 6);
    });

    it('reports progress past foreign events while no own event arrives', async () => {
      const follower = follow(log, { after: await log.head(), categories: [uniqueCategory()] });
      await untilCaughtUp(follower);
      const { position } = await appendDone(direct, uniqueStream(), 'no-stream', someEvents(3));
      await follower.until(() => follower.position.commit >= position.commit);
      await follower.stop();
      expect(follower.events).toEqual([]);
    });
  });
});
