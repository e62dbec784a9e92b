import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { comparePositions, END, START } from '../../../src/domain/kernel/position.ts';
import { MAX_COUNTED_EVENTS } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  areAscending,
  numbersOf,
  range,
  readToHead,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

export function describeReads(contract: Contract): void {
  describeStreamReads(contract);
  describeAllReads(contract);
  describePlaces(contract);
  describeCounts(contract);
}

function describeCounts({ log }: Contract): void {
  it('counts the events after a position, and not what lies between two positions', async () => {
    const stream = uniqueStream();
    const before = await appendDone(log(), stream, 'no-stream', someEvents(1));
    await appendDone(log(), stream, 0, someEvents(3, 1));
    const last = await appendDone(log(), uniqueStream(), 'no-stream', someEvents(2));

    expect(await log().countAfter(before.position)).toBe(5);
    expect(await log().countAfter(last.position)).toBe(0);
    expect(await log().countAfter(END)).toBe(0);
  });

  it('counts from the first event on as it reads them', async () => {
    await appendDone(log(), uniqueStream(), 'no-stream', someEvents(2));
    const { events } = await readToHead(log(), { after: START });
    const counted = await log().countAfter(START);

    expect(Math.min(counted, MAX_COUNTED_EVENTS)).toBe(Math.min(events.length, MAX_COUNTED_EVENTS));
  });
}

function describeStreamReads({ log }: Contract): void {
  async function tenEvents(): Promise<string> {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(4));
    await appendDone(log(), stream, 3, someEvents(6, 4));
    return stream;
  }

  it('reads a stream forwards from its first event', async () => {
    const events = await log().readStream(await tenEvents());
    expect(numbersOf(events)).toEqual(range(10));
    expect(events.map(({ revision }) => revision)).toEqual(range(10));
    expect(areAscending(events.map(({ position }) => position))).toBe(true);
  });

  it('reads a stream backwards from its last event', async () => {
    const events = await log().readStream(await tenEvents(), { direction: 'backwards' });
    expect(numbersOf(events)).toEqual(range(10).toReversed());
  });

  it('reads a stream from a revision on, that one included', async () => {
    const stream = await tenEvents();
    const forwards = await log().readStream(stream, { from: 7 });
    const backwards = await log().readStream(stream, { from: 2, direction: 'backwards' });
    expect(numbersOf(forwards)).toEqual([7, 8, 9]);
    expect(numbersOf(backwards)).toEqual([2, 1, 0]);
  });

  it('reads no more of a stream than asked for', async () => {
    const stream = await tenEvents();
    const first = await log().readStream(stream, { limit: 3 });
    const middle = await log().readStream(stream, { from: 4, limit: 2 });
    const last = await log().readStream(stream, { direction: 'backwards', limit: 1 });
    expect([first, middle, last].map(numbersOf)).toEqual([[0, 1, 2], [4, 5], [9]]);
  });

  it('finds nothing past the end of a stream', async () => {
    expect(await log().readStream(await tenEvents(), { from: 10 })).toEqual([]);
  });

  it('finds nothing in a stream that is not there', async () => {
    expect(await log().readStream(uniqueStream())).toEqual([]);
    expect(await log().readStream(uniqueStream(), { from: 3 })).toEqual([]);
    expect(await log().readStream(uniqueStream(), { direction: 'backwards' })).toEqual([]);
  });
}

function describeAllReads({ log, itWith }: Contract): void {
  /** Two streams of a category with another category's events between and after them. */
  async function mixed() {
    const category = uniqueCategory();
    const foreign = uniqueCategory();
    const before = await log().head();
    const streams = [uniqueStream(category), uniqueStream(category)] as const;
    const noise = uniqueStream(foreign);
    await appendDone(log(), streams[0], 'no-stream', someEvents(2));
    await appendDone(log(), noise, 'no-stream', someEvents(20, 1_000));
    await appendDone(log(), streams[1], 'no-stream', someEvents(2, 2));
    await appendDone(log(), streams[0], 1, someEvents(2, 4));
    const last = await appendDone(log(), noise, 19, someEvents(20, 1_020));
    return { category, foreign, before, last: last.position };
  }

  it('reads one category backwards, page by page, down to a position and past the others', async () => {
    const { category, before } = await mixed();
    const found: number[] = [];
    const options = { categories: [category], direction: 'backwards', limit: 2 } as const;
    for (let after = END, atHead = false; !atHead && comparePositions(after, before) > 0;) {
      const page = await log().readAll({ ...options, after });
      expect(comparePositions(page.position, after)).toBeLessThan(0);
      found.push(...numbersOf(page.events));
      ({ position: after, atHead } = page);
    }
    expect(found).toEqual(range(6).toReversed());
  });

  it('reads backwards what is before a position, and nothing before the first event', async () => {
    const { before, last } = await mixed();
    const all = await readToHead(log(), { after: before });
    const [newest, second] = all.events.toReversed();
    const read = { direction: 'backwards', limit: 1 } as const;
    const first = await log().readAll({ ...read, after: END });
    expect(first.events.map(({ id }) => id)).toEqual([newest?.id]);
    const next = await log().readAll({ ...read, after: last });
    expect(next.events.map(({ id }) => id)).toEqual([second?.id]);
    const none = await log().readAll({ ...read, after: START });
    expect(none).toMatchObject({ events: [], atHead: true });
  });

  it('reads one category in log order and moves its position over the others', async () => {
    const { category, before, last } = await mixed();
    const read = await readToHead(log(), { after: before, categories: [category] });
    expect(numbersOf(read.events)).toEqual(range(6));
    expect(comparePositions(read.position, last)).toBeGreaterThanOrEqual(0);
  });

  it('reads several categories as one', async () => {
    const { category, foreign, before } = await mixed();
    const categories = [category, foreign, uniqueCategory()];
    const { events } = await readToHead(log(), { after: before, categories });
    const noise = range(40, 1_000);
    expect(numbersOf(events)).toEqual([
      0,
      1,
      ...noise.slice(0, 20),
      2,
      3,
      4,
      5,
      ...noise.slice(20),
    ]);
  });

  it('pages through the log without a gap or a repeat', async () => {
    const { category, foreign, before } = await mixed();
    const options = { after: before, categories: [category, foreign] };
    const whole = await readToHead(log(), options);
    const paged = await readToHead(log(), { ...options, limit: 7 });
    expect(whole.events).toHaveLength(46);
    expect(paged.events).toEqual(whole.events);
  });

  it('returns no page longer than its limit', async () => {
    const { category, before } = await mixed();
    let position = before;
    const lengths: number[] = [];
    for (let atHead = false; !atHead;) {
      const page = await log().readAll({ after: position, categories: [category], limit: 4 });
      lengths.push(page.events.length);
      ({ position, atHead } = page);
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(6);
  });

  it('reads all categories when none is named', async () => {
    const { category, foreign, before } = await mixed();
    const { events } = await readToHead(log(), { after: before });
    const own = events.filter(({ stream }) =>
      [category, foreign].includes(stream.split('-')[0] ?? ''),
    );
    expect(own).toHaveLength(46);
    expect(areAscending(events.map(({ position }) => position))).toBe(true);
  });

  it('does not take a category for another that begins alike', async () => {
    const category = uniqueCategory();
    const before = await log().head();
    for (const name of [`${category}2`, category, `${category}s`]) {
      await appendDone(log(), uniqueStream(name), 'no-stream', someEvents(1));
    }
    const { events } = await readToHead(log(), { after: before, categories: [category] });
    expect(events.map(({ stream }) => stream.split('-')[0])).toEqual([category]);
  });

  it('reads on after a position, that one excluded', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const { position: after } = await appendDone(log(), stream, 'no-stream', someEvents(2));
    await appendDone(log(), stream, 1, someEvents(2, 2));
    const { events } = await readToHead(log(), { after, categories: [category] });
    expect(numbersOf(events)).toEqual([2, 3]);
  });

  it('reads the same events from the whole log as from their stream', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    await appendDone(log(), stream, 'no-stream', someEvents(5));
    const { events } = await readToHead(log(), { after: START, categories: [category] });
    expect(events).toEqual(await log().readStream(stream));
  });

  itWith('alone')('is at the head exactly when no event is left', async () => {
    const { category, before } = await mixed();
    const first = await log().readAll({ after: before, limit: 45 });
    const second = await log().readAll({ after: first.position, limit: 1 });
    const third = await log().readAll({ after: second.position });
    expect([first.atHead, second.atHead, third.atHead]).toEqual([false, true, true]);
    expect(third).toEqual({ events: [], position: second.position, atHead: true });
    const none = await log().readAll({ after: before, categories: [uniqueCategory()] });
    expect(none).toEqual({ events: [], position: second.position, atHead: true });
    const some = await log().readAll({ after: before, categories: [category], limit: 2 });
    expect(some.atHead).toBe(false);
  });
}

function describePlaces({ log, openOwn, itWith }: Contract): void {
  it('finds each event at exactly its position', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(3));
    const stored = await log().readStream(stream);
    const found: (RecordedEvent | undefined)[] = [];
    for (const { position } of stored) found.push(await log().readAt(position));
    expect(found).toEqual(stored);
  });

  it('finds nothing at a position that no event has', async () => {
    const { position } = await appendDone(log(), uniqueStream(), 'no-stream', someEvents(1));
    const { commit, prepare } = position;
    expect(await log().readAt({ commit, prepare: prepare - 1n })).toBeUndefined();
    expect(await log().readAt(START)).toBeUndefined();
    const far = (await log().head()).commit + 1_000_000_000_000n;
    expect(await log().readAt({ commit: far, prepare: far })).toBeUndefined();
  });

  it('has its head at or past the last event appended', async () => {
    const before = await log().head();
    const { position } = await appendDone(log(), uniqueStream(), 'no-stream', someEvents(2));
    const after = await log().head();
    expect(comparePositions(before, position)).toBeLessThan(0);
    expect(comparePositions(after, position)).toBeGreaterThanOrEqual(0);
  });

  itWith('alone')('has its head at START while it is empty, then at its last event', async () => {
    const { log: empty } = await openOwn();
    expect(await empty.head()).toEqual(START);
    expect(await empty.readAll({ after: START })).toEqual({
      events: [],
      position: START,
      atHead: true,
    });
    const { position } = await appendDone(empty, uniqueStream(), 'no-stream', someEvents(2));
    expect(await empty.head()).toEqual(position);
  });

  it('names itself the same each time', async () => {
    const logId = await log().logId();
    expect(logId).not.toBe('');
    expect(await log().logId()).toBe(logId);
  });

  itWith('alone')('has another name than another log', async () => {
    const { log: other } = await openOwn();
    expect(await other.logId()).not.toBe(await log().logId());
  });

  it('answers a ping', async () => {
    await expect(log().ping()).resolves.toBeUndefined();
  });
}
