import { START } from '../../../src/domain/kernel/position.ts';
import {
  appendDone,
  appendUntilKnown,
  appendWithRetry,
  areAscending,
  numbersOf,
  range,
  readToHead,
  readWholeStream,
  someEvent,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

const RACERS = 20;

export function describeAppends({ log }: Contract): void {
  describeAnswers({ log });
  describeConflicts({ log });
  describeRaces({ log });
}

function describeAnswers({ log }: Pick<Contract, 'log'>): void {
  it('answers with the revision and the position of its last event', async () => {
    const stream = uniqueStream();
    const outcome = await appendDone(log(), stream, 'no-stream', someEvents(3));
    const stored = await log().readStream(stream);
    expect(outcome.revision).toBe(2);
    expect(outcome.position).toEqual(stored[2]?.position);
    expect(stored.map(({ revision }) => revision)).toEqual([0, 1, 2]);
  });

  it('gives positions that are pairs of bigint and grow with each event', async () => {
    const streams = [uniqueStream(), uniqueStream()];
    const positions = [START];
    for (const stream of streams) {
      await appendDone(log(), stream, 'no-stream', someEvents(5));
      const stored = await log().readStream(stream);
      positions.push(...stored.map(({ position }) => position));
    }
    expect(positions).toHaveLength(11);
    expect(areAscending(positions)).toBe(true);
    for (const { commit, prepare } of positions) {
      expect([typeof commit, typeof prepare]).toEqual(['bigint', 'bigint']);
    }
  });

  it('continues a stream at the revision it is at', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(2));
    const outcome = await appendDone(log(), stream, 1, someEvents(2, 2));
    expect(outcome.revision).toBe(3);
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2, 3]);
  });

  it('does nothing for an empty batch at the right revision', async () => {
    const stream = uniqueStream();
    const before = await appendUntilKnown(log(), stream, 'no-stream', []);
    expect(before.outcome).toBe('done');
    expect(await log().readStream(stream)).toEqual([]);
    await appendDone(log(), stream, 'no-stream', someEvents(1));
    const after = await appendUntilKnown(log(), stream, 0, []);
    expect(after).toMatchObject({ outcome: 'done', revision: 0 });
    expect(await log().readStream(stream)).toHaveLength(1);
  });

  it('keeps what it was given when the caller changes it afterwards', async () => {
    const stream = uniqueStream();
    const data = { n: 1, nested: { list: [1, 2] } };
    const appending = appendDone(log(), stream, 'no-stream', [someEvent(data)]);
    data.n = 2;
    data.nested.list.push(3);
    await appending;
    const [stored] = await log().readStream(stream);
    expect(stored?.data).toEqual({ n: 1, nested: { list: [1, 2] } });
  });

  it('appends to many streams at once', async () => {
    const category = uniqueCategory();
    const streams = range(64).map(() => uniqueStream(category));
    const outcomes = await Promise.all(
      streams.map((stream) => appendDone(log(), stream, 'no-stream', someEvents(2))),
    );
    expect(outcomes.every(({ revision }) => revision === 1)).toBe(true);
    const { events } = await readToHead(log(), { after: START, categories: [category] });
    expect(events).toHaveLength(128);
    expect(areAscending(events.map(({ position }) => position))).toBe(true);
    for (const stream of streams) {
      const own = events.filter((event) => event.stream === stream);
      expect(own.map(({ revision }) => revision)).toEqual([0, 1]);
    }
  });

  it('tells streams apart by every character of their names', async () => {
    const category = uniqueCategory();
    const names = ['a', 'A', 'a%2Eb', 'a.b', 'a_b', 'a-b', 'x'.repeat(200)].map(
      (part) => `${category}-s1.${part}`,
    );
    for (const stream of names) await appendDone(log(), stream, 'no-stream', [someEvent(stream)]);
    for (const stream of names) {
      const events = await log().readStream(stream);
      expect(events.map((event) => [event.stream, event.data])).toEqual([[stream, stream]]);
    }
  });
}

function describeConflicts({ log }: Pick<Contract, 'log'>): void {
  it('refuses to create a stream that is there', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(3));
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', someEvents(1, 9));
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2]);
  });

  it('refuses a revision that the stream has passed', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(3));
    const outcome = await appendUntilKnown(log(), stream, 1, someEvents(1, 9));
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2]);
  });

  it('refuses a revision that the stream has not reached', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(1));
    const outcome = await appendUntilKnown(log(), stream, 1, someEvents(1, 9));
    expect(outcome).toEqual({ outcome: 'conflict', actual: 0 });
    expect(numbersOf(await log().readStream(stream))).toEqual([0]);
  });

  it('refuses any revision of a stream that is not there', async () => {
    const stream = uniqueStream();
    const outcome = await appendUntilKnown(log(), stream, 0, someEvents(1));
    expect(outcome).toEqual({ outcome: 'conflict', actual: 'no-stream' });
    expect(await log().readStream(stream)).toEqual([]);
  });

  it('refuses an empty batch at a revision that the stream has not reached', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(1));
    const outcome = await appendUntilKnown(log(), stream, 5, []);
    expect(outcome).toEqual({ outcome: 'conflict', actual: 0 });
  });

  it('stores nothing of a batch that is refused', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const { position } = await appendDone(log(), stream, 'no-stream', someEvents(1));
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', someEvents(50, 1));
    expect(outcome.outcome).toBe('conflict');
    const rest = await readToHead(log(), { after: position, categories: [category] });
    expect(rest.events).toEqual([]);
  });
}

function describeRaces({ log }: Pick<Contract, 'log'>): void {
  it('lets exactly one of many racing creators win, with its whole batch', async () => {
    const stream = uniqueStream();
    const batches = range(RACERS).map((racer) => someEvents(3, racer * 100));
    const outcomes = await Promise.all(
      batches.map((batch) => appendUntilKnown(log(), stream, 'no-stream', batch)),
    );
    const winner = outcomes.findIndex(({ outcome }) => outcome === 'done');
    const losers = outcomes.filter(({ outcome }) => outcome !== 'done');
    expect(losers).toEqual(range(RACERS - 1).map(() => ({ outcome: 'conflict', actual: 2 })));
    expect(numbersOf(await log().readStream(stream))).toEqual(range(3, winner * 100));
  });

  it('lets exactly one of many appends racing at one revision win', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(1));
    const batches = range(RACERS).map((racer) => someEvents(2, (racer + 1) * 100));
    const outcomes = await Promise.all(
      batches.map((batch) => appendUntilKnown(log(), stream, 0, batch)),
    );
    const winner = outcomes.findIndex(({ outcome }) => outcome === 'done');
    const losers = outcomes.filter(({ outcome }) => outcome !== 'done');
    expect(losers).toEqual(range(RACERS - 1).map(() => ({ outcome: 'conflict', actual: 2 })));
    expect(numbersOf(await log().readStream(stream))).toEqual([0, ...range(2, (winner + 1) * 100)]);
  });

  it('lands every event of writers that try again after each conflict', async () => {
    const stream = uniqueStream();
    const writers = 8;
    const each = 20;
    await Promise.all(
      range(writers).map(async (writer) => {
        for (const event of someEvents(each, writer * each)) {
          await appendWithRetry(log(), stream, [event]);
        }
      }),
    );
    const events = await readWholeStream(log(), stream);
    expect(events.map(({ revision }) => revision)).toEqual(range(writers * each));
    for (const writer of range(writers)) {
      const own = numbersOf(events).filter((n) => Math.floor(n / each) === writer);
      expect(own).toEqual(range(each, writer * each));
    }
  });
}
