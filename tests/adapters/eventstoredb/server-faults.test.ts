import { TimeLimitError } from '../../../src/adapters/eventstoredb/time-limits.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  follow,
  numbersOf,
  range,
  readToHead,
  readWholeStream,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import { describeWith } from '../../support/servers/describe-with.ts';
import {
  connectionStringOf,
  type EventStoreServer,
  findOwnEventStore,
  startEventStore,
} from '../../support/servers/event-store.ts';
import { startable } from '../../support/servers/find.ts';
import { freePort } from '../../support/servers/runner.ts';
import { openLog } from './opened-log.ts';
import { repeatUntilDone } from './repeat.ts';
import { startWriters } from './writers.ts';

const SHORT = { appendMs: 500, readMs: 500, pingMs: 300, stallTimeoutMs: 500 };
/** Far above the limits, for a busy machine, and far below what the client waits by itself. */
const WELL_BELOW_CLIENT_MS = 8_000;
const TIMEOUT_MS = 180_000;

const source = findOwnEventStore();

describeWith(source, 'EventStoreDB servers that freeze, die and come back', () => {
  const servers: EventStoreServer[] = [];
  const logs: EventLog[] = [];

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.thaw()));
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  async function start(onDisk: boolean): Promise<EventStoreServer> {
    const server = await startEventStore(startable(source), { onDisk });
    servers.push(server);
    return server;
  }

  function open(connectionString: string, timeouts = {}): EventLog {
    const log = openLog(connectionString, timeouts);
    logs.push(log);
    return log;
  }

  it(
    'holds no append past its limit while the server is frozen, and stores each once after it',
    async () => {
      const server = await start(false);
      const log = open(server.connectionString, SHORT);
      const stream = uniqueStream();
      await repeatUntilDone(log, stream, 'no-stream', someEvents(1));
      const appends = range(20).map((n) => ({ stream: uniqueStream(), events: someEvents(2, n) }));
      await server.freeze();
      const before = performance.now();
      const outcomes = await Promise.all(
        appends.map((each) => log.append(each.stream, 'no-stream', each.events)),
      );
      expect(performance.now() - before).toBeLessThan(WELL_BELOW_CLIENT_MS);
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
      await expect(log.readStream(stream)).rejects.toThrow(TimeLimitError);
      await expect(log.ping()).rejects.toThrow(TimeLimitError);
      await server.thaw();
      for (const each of appends) {
        await repeatUntilDone(log, each.stream, 'no-stream', each.events);
        expect(await log.readStream(each.stream)).toHaveLength(2);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'ends a subscription with an error when the server is frozen',
    async () => {
      const server = await start(false);
      const log = open(server.connectionString, SHORT);
      const category = uniqueCategory();
      const stream = uniqueStream(category);
      await repeatUntilDone(log, stream, 'no-stream', someEvents(3));
      const first = follow(log, { after: START, categories: [category] });
      await first.until(() => first.messages.some(({ kind }) => kind === 'caught-up'));
      await server.freeze();
      const before = performance.now();
      await expect(first.ended).rejects.toThrow(TimeLimitError);
      expect(performance.now() - before).toBeLessThan(WELL_BELOW_CLIENT_MS);
      await server.thaw();
      await repeatUntilDone(log, stream, 2, someEvents(2, 3));
      const second = follow(log, {
        after: first.position,
        categories: [category],
        maxResubscribes: 20,
      });
      await second.until(() => second.events.length >= 2);
      await second.stop();
      expect(numbersOf([...first.events, ...second.events])).toEqual(range(5));
    },
    TIMEOUT_MS,
  );

  it(
    'has everything acknowledged once and in order after the server was killed under load',
    async () => {
      const server = await start(true);
      const log = open(server.connectionString, { appendMs: 2_000 });
      const category = uniqueCategory();
      const streams = range(16).map(() => uniqueStream(category));
      const writers = startWriters(log, streams);
      for (const _ of range(3)) {
        await writers.untilWritten(400);
        await server.kill();
        await server.restart();
      }
      await writers.stop();
      for (const stream of streams) {
        const events = await readWholeStream(log, stream);
        expect(numbersOf(events)).toEqual(range(writers.written.get(stream) ?? 0));
      }
      const whole = await readToHead(log, { after: START, categories: [category] });
      expect(whole.events).toHaveLength(writers.total());
      expect(new Set(whole.events.map(({ id }) => id)).size).toBe(writers.total());
      expect(await open(server.connectionString).logId()).toBe(await log.logId());
    },
    TIMEOUT_MS,
  );

  it('keeps a waiting process alive without a server, and reports it', async () => {
    const log = open(connectionStringOf(await freePort()), SHORT);
    const outcome = await log.append(uniqueStream(), 'no-stream', someEvents(1));
    expect(outcome.outcome).toBe('unknown');
    expect(outcome.outcome === 'unknown' && outcome.error).toBeInstanceOf(Error);
    await expect(log.ping()).rejects.toThrow();
    await expect(log.readStream(uniqueStream())).rejects.toThrow();
    await expect(log.head()).rejects.toThrow();
    await expect(log.logId()).rejects.toThrow();
    const follower = follow(log, { after: START });
    await expect(follower.ended).rejects.toThrow();
  });

  it(
    'takes appends when the server comes up after the log was opened',
    async () => {
      const server = await start(true);
      await server.kill();
      const log = open(server.connectionString, SHORT);
      const stream = uniqueStream();
      const events = someEvents(2);
      expect((await log.append(stream, 'no-stream', events)).outcome).toBe('unknown');
      await server.restart();
      await repeatUntilDone(log, stream, 'no-stream', events);
      expect(numbersOf(await log.readStream(stream))).toEqual([0, 1]);
    },
    TIMEOUT_MS,
  );

  it(
    'begins empty at START, names each log apart and knows its head to the event',
    async () => {
      const [one, other] = await Promise.all([start(false), start(false)]);
      const log = open(one.connectionString);
      expect(await log.head()).toEqual(START);
      expect(await log.readAll({ after: START })).toMatchObject({ events: [], atHead: true });
      expect(await log.logId()).not.toBe(await open(other.connectionString).logId());
      // The name of the log is not content.
      expect(await log.head()).toEqual(START);
      const { position } = await appendDone(log, uniqueStream(), 'no-stream', someEvents(4));
      expect(await log.head()).toEqual(position);
      const first = await log.readAll({ after: START, limit: 3 });
      const second = await log.readAll({ after: first.position, limit: 1 });
      expect([first.atHead, second.atHead]).toEqual([false, true]);
      expect(numbersOf([...first.events, ...second.events])).toEqual(range(4));
    },
    TIMEOUT_MS,
  );
});
