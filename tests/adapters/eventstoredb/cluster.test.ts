import { comparePositions, START } from '../../../src/domain/kernel/position.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import {
  areAscending,
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
import { connectionStringOf } from '../../support/servers/event-store.ts';
import {
  type ClusterNode,
  type EventStoreCluster,
  findEventStoreCluster,
  startEventStoreCluster,
} from '../../support/servers/event-store-cluster.ts';
import { startable } from '../../support/servers/find.ts';
import { openLog } from './opened-log.ts';
import { repeatUntilDone } from './repeat.ts';
import { startWriters } from './writers.ts';

const KILLS = 3;
const STREAMS = 16;
const EVENTS_BEFORE_AND_AFTER = 400;
/** During the election of a leader each attempt to subscribe ends at once. */
const MAX_RESUBSCRIBES = 2_000;
const APPEND_MS = 2_000;
/** Three servers on a busy machine need minutes to start and to agree. */
const TIMEOUT_MS = 600_000;

const source = findEventStoreCluster();

describeWith(source, 'EventStoreDB clusters of three nodes', () => {
  let cluster: EventStoreCluster;
  const logs: EventLog[] = [];

  beforeAll(async () => {
    const binary = startable(source);
    if (binary.kind !== 'binary') throw new Error('expected a binary');
    cluster = await startEventStoreCluster(binary.path);
  }, TIMEOUT_MS);

  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });

  afterAll(async () => {
    await cluster?.stop();
  }, TIMEOUT_MS);

  function open(connectionString = cluster.connectionString): EventLog {
    const log = openLog(connectionString, { appendMs: APPEND_MS });
    logs.push(log);
    return log;
  }

  it(
    'has everything acknowledged once and in order after its leader was killed under load',
    async () => {
      const log = open();
      const category = uniqueCategory();
      const options = { after: START, categories: [category], maxResubscribes: MAX_RESUBSCRIBES };
      const follower = follow(open(), options);
      const written = new Map<string, number>();
      const killed = new Set<ClusterNode>();
      for (const _ of range(KILLS)) {
        const streams = range(STREAMS).map(() => uniqueStream(category));
        const writers = startWriters(log, streams);
        await writers.untilWritten(EVENTS_BEFORE_AND_AFTER);
        const leader = await cluster.leader();
        await leader.kill();
        killed.add(leader);
        await writers.untilWritten(EVENTS_BEFORE_AND_AFTER);
        await leader.start();
        await writers.stop();
        for (const [stream, count] of writers.written) written.set(stream, count);
        await cluster.complete();
      }
      expect(killed.size).toBeGreaterThan(1);

      for (const [stream, count] of written) {
        expect(numbersOf(await readWholeStream(log, stream))).toEqual(range(count));
      }
      const total = [...written.values()].reduce((sum, count) => sum + count, 0);
      const whole = await readToHead(log, { after: START, categories: [category] });
      expect(whole.events).toHaveLength(total);
      expect(new Set(whole.events.map(({ id }) => id)).size).toBe(total);

      await follower.until(() => follower.events.length >= total);
      await follower.stop();
      expect(areAscending(follower.events.map(({ position }) => position))).toBe(true);
      expect(follower.events.map(({ id }) => id)).toEqual(whole.events.map(({ id }) => id));
    },
    TIMEOUT_MS,
  );

  it(
    'reads what was acknowledged at once, whichever node it is connected to',
    async () => {
      const log = open();
      for (const { port } of cluster.nodes) {
        const other = open(connectionStringOf(port));
        const appendAndRead = async (stream: string) => {
          for (const n of range(20)) {
            const expected = n === 0 ? 'no-stream' : n - 1;
            const { position } = await repeatUntilDone(log, stream, expected, someEvents(1, n));
            const [last] = await other.readStream(stream, { direction: 'backwards', limit: 1 });
            expect(last?.revision).toBe(n);
            expect((await other.readAt(position))?.id).toBe(last?.id);
            expect(comparePositions(await other.head(), position)).toBeGreaterThanOrEqual(0);
          }
        };
        await Promise.all(range(32).map(() => appendAndRead(uniqueStream())));
      }
    },
    TIMEOUT_MS,
  );

  it(
    'acknowledges nothing while two of its nodes are away, and stores each append once after it',
    async () => {
      const log = open();
      const first = uniqueStream();
      await repeatUntilDone(log, first, 'no-stream', someEvents(1));
      const leader = await cluster.leader();
      const others = cluster.nodes.filter((node) => node !== leader);
      await Promise.all(others.map((node) => node.kill()));
      const appends = range(20).map((n) => ({ stream: uniqueStream(), events: someEvents(2, n) }));
      const outcomes = await Promise.all(
        appends.map((each) => log.append(each.stream, 'no-stream', each.events)),
      );
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
      await Promise.all(others.map((node) => node.start()));
      await cluster.complete();
      for (const { stream, events } of appends) {
        await repeatUntilDone(log, stream, 'no-stream', events);
        const ids = (await log.readStream(stream)).map(({ id }) => id);
        expect(ids).toEqual(events.map(({ id }) => id));
      }
    },
    TIMEOUT_MS,
  );
});
