import type { EventStoreDbLog } from '../../../src/adapters/eventstoredb/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { comparePositions } from '../../../src/domain/kernel/position.ts';
import {
  appendDone,
  follow,
  type Follower,
  numbersOf,
  range,
  someEvents,
  uniqueCategory,
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

const MAX_RESUBSCRIBES = 50;
const SLOW_MS = 40;
/** More than the shared subscription keeps for a slow subscriber. */
const EVENTS = 6_000;
const BATCH = 100;
const LANES = 5;
/** Far below the time after which a silent feed reads the log by itself. */
const SOON_MS = 2_000;

const source = findOwnEventStore();

describeWith(source, 'many subscribers of one EventStoreDB log', () => {
  let server: EventStoreServer;
  let log: EventStoreDbLog;
  const followers: Follower[] = [];

  beforeAll(async () => {
    server = await startEventStore(startable(source));
    log = openLog(server.connectionString);
  });
  afterEach(async () => {
    for (const follower of followers.splice(0)) await follower.stop();
  });
  afterAll(async () => {
    await log.close();
    await server.stop();
  });

  const followed = (options: Omit<Parameters<typeof follow>[1], 'after'>, after = 0) => {
    const position = { commit: BigInt(after), prepare: BigInt(after) };
    const follower = follow(log, {
      after: position,
      maxResubscribes: MAX_RESUBSCRIBES,
      ...options,
    });
    followers.push(follower);
    return follower;
  };

  async function writeTo(stream: string, from: number, count: number): Promise<void> {
    for (let n = from; n < from + count; n += BATCH) {
      await appendDone(log, stream, n === 0 ? 'no-stream' : n - 1, someEvents(BATCH, n));
    }
  }

  it('get everything of their categories in order, also a slow one and those that begin late', async () => {
    const categories = range(LANES).map(() => uniqueCategory());
    const streams = categories.map((category) => uniqueStream(category));
    const lanes = categories.map((category) => followed({ categories: [category] }));
    const everything = followed({ categories });
    const slow = followed({
      categories,
      onMessage: () => systemClock.sleep(SLOW_MS),
      batchSize: 50,
    });
    const writing = Promise.all(streams.map((stream) => writeTo(stream, 0, EVENTS / LANES)));
    await lanes[0]?.until(() => lanes[0]!.events.length >= BATCH);
    const late = followed({ categories });
    await writing;
    for (const lane of lanes) await lane.until(() => lane.events.length >= EVENTS / LANES);
    for (const each of [everything, late]) await each.until(() => each.events.length >= EVENTS);
    expect(slow.events.length).toBeLessThan(EVENTS);
    await slow.until(() => slow.events.length >= EVENTS);

    const expected = range(EVENTS / LANES);
    for (const lane of lanes) expect(numbersOf(lane.events)).toEqual(expected);
    for (const each of [everything, late, slow]) {
      expect(each.events).toHaveLength(EVENTS);
      for (const stream of streams) {
        expect(numbersOf(each.events.filter((event) => event.stream === stream))).toEqual(expected);
      }
      const positions = each.events.map(({ position }) => position);
      expect(positions.every((p, i) => i === 0 || comparePositions(positions[i - 1]!, p) < 0)).toBe(
        true,
      );
    }
  });

  // A query that waits for a position waits for read models that follow other categories too.
  it('learn at once of the position of an event of another category', async () => {
    const [own, other] = [uniqueCategory(), uniqueCategory()];
    const follower = followed({ categories: [own] });
    const second = followed({ categories: [other] });
    await follower.until(() => follower.messages.some(({ kind }) => kind === 'caught-up'));
    await second.until(() => second.messages.some(({ kind }) => kind === 'caught-up'));
    await appendDone(log, uniqueStream(other), 'no-stream', someEvents(1));
    await second.until(() => second.events.length === 1);

    for (let i = 0; i < 3; i += 1) {
      const startedAt = performance.now();
      const { position } = await appendDone(log, uniqueStream(other), 'no-stream', someEvents(1));
      await follower.until(() => comparePositions(follower.position, position) >= 0);
      expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
    }
    expect(follower.events).toEqual([]);
  });
});
