import { comparePositions, START } from '../../../src/domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  areAscending,
  type Follower,
  numbersOf,
  range,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

/** How many appends of other categories a live subscription may take to tell of progress. */
const MAX_FOREIGN_APPENDS = 200;

export function describeSubscriptions(contract: Contract): void {
  describeDelivery(contract);
  describeFilter(contract);
  describeEnd(contract);
}

function caughtUpTimes({ messages }: Follower): number {
  return messages.filter(({ kind }) => kind === 'caught-up').length;
}

function describeDelivery({ log, follow }: Contract): void {
  it('catches up from START, says so, and then follows live', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const old = await appendDone(log(), stream, 'no-stream', someEvents(3));
    const follower = follow({ after: START, categories: [category] });
    await follower.until(() => caughtUpTimes(follower) > 0);
    expect(numbersOf(follower.events)).toEqual([0, 1, 2]);
    expect(comparePositions(follower.position, old.position)).toBeGreaterThanOrEqual(0);
    await appendDone(log(), stream, 2, someEvents(1, 3));
    await follower.until(() => follower.events.length > 3);
    await appendDone(log(), stream, 3, someEvents(2, 4));
    await follower.until(() => follower.events.length > 5);
    expect(follower.events).toEqual(await log().readStream(stream));
  });

  it('says that it has caught up each time it has', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const follower = follow({ after: await log().head(), categories: [category] });
    await follower.until(() => caughtUpTimes(follower) > 0);
    for (const n of range(3)) {
      const expected = n === 0 ? 'no-stream' : n - 1;
      const { position } = await appendDone(log(), stream, expected, someEvents(1, n));
      await follower.until(() => follower.messages.some((message) => reaches(message, position)));
    }
    expect(numbersOf(follower.events)).toEqual([0, 1, 2]);
  });

  function reaches(message: SubscriptionMessage, position: typeof START): boolean {
    return message.kind === 'caught-up' && comparePositions(message.position, position) >= 0;
  }

  it('begins after the position given', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const { position: after } = await appendDone(log(), stream, 'no-stream', someEvents(3));
    await appendDone(log(), stream, 2, someEvents(2, 3));
    const follower = follow({ after, categories: [category] });
    await follower.until(() => follower.events.length >= 2);
    await appendDone(log(), stream, 4, someEvents(1, 5));
    await follower.until(() => follower.events.length >= 3);
    expect(numbersOf(follower.events)).toEqual([3, 4, 5]);
  });

  it('gives each of two subscribers everything', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const options = { after: await log().head(), categories: [category] };
    const followers = [follow(options), follow({ ...options, batchSize: 2 })];
    await appendDone(log(), stream, 'no-stream', someEvents(10));
    await appendDone(log(), stream, 9, someEvents(10, 10));
    for (const follower of followers) {
      await follower.until(() => follower.events.length >= 20);
      expect(numbersOf(follower.events)).toEqual(range(20));
    }
  });

  it('puts at least one event and at most a batch into a message', async () => {
    const category = uniqueCategory();
    await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(25));
    const follower = follow({ after: START, categories: [category], batchSize: 10 });
    await follower.until(() => caughtUpTimes(follower) > 0);
    const lengths = follower.messages.flatMap((message) =>
      message.kind === 'events' ? [message.events.length] : [],
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(10);
    expect(Math.min(...lengths)).toBeGreaterThan(0);
    expect(numbersOf(follower.events)).toEqual(range(25));
  });

  it('brings all categories in log order when none is named', async () => {
    const streams = [uniqueStream(), uniqueStream(), uniqueStream()];
    const follower = follow({ after: await log().head() });
    for (const [i, stream] of streams.entries()) {
      await appendDone(log(), stream, 'no-stream', someEvents(4, i * 4));
    }
    const own = () => follower.events.filter(({ stream }) => streams.includes(stream));
    await follower.until(() => own().length >= 12);
    expect(numbersOf(own())).toEqual(range(12));
    expect(areAscending(follower.events.map(({ position }) => position))).toBe(true);
  });
}

function describeFilter({ log, follow }: Contract): void {
  it('brings the categories asked for and no other', async () => {
    const wanted = [uniqueCategory(), uniqueCategory()] as const;
    const after = await log().head();
    const follower = follow({ after, categories: wanted });
    for (const category of [wanted[0], uniqueCategory(), wanted[1], `${wanted[0]}x`, wanted[0]]) {
      await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(2));
    }
    await follower.until(() => follower.events.length >= 6);
    const categories = follower.events.map(({ stream }) => stream.split('-')[0]);
    expect(categories).toEqual([0, 0, 1, 1, 0, 0].map((i) => wanted[i]));
  });

  it('moves its position over foreign events while it catches up', async () => {
    const after = await log().head();
    const { position } = await appendDone(log(), uniqueStream(), 'no-stream', someEvents(50));
    const follower = follow({ after, categories: [uniqueCategory()] });
    await follower.until(() => comparePositions(follower.position, position) >= 0);
    expect(follower.events).toEqual([]);
  });

  it('moves its position over foreign events while it is live', async () => {
    const follower = follow({ after: await log().head(), categories: [uniqueCategory()] });
    await follower.until(() => caughtUpTimes(follower) > 0);
    const first = await appendDone(log(), uniqueStream(), 'no-stream', someEvents(10));
    // How much it takes until a server tells of progress is the server's affair.
    const moved = follower.until(() => comparePositions(follower.position, first.position) >= 0);
    let pending = true;
    const settled = moved.finally(() => {
      pending = false;
    });
    for (let i = 0; pending && i < MAX_FOREIGN_APPENDS; i += 1) {
      await appendDone(log(), uniqueStream(), 'no-stream', someEvents(50));
    }
    await settled;
    expect(follower.events).toEqual([]);
  });

  it('never lets its position go back', async () => {
    const category = uniqueCategory();
    const follower = follow({ after: START, categories: [category], batchSize: 3 });
    for (const _ of range(5)) {
      await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(4));
      await appendDone(log(), uniqueStream(), 'no-stream', someEvents(4));
    }
    await follower.until(() => follower.events.length >= 20);
    const positions = follower.messages.flatMap((message) =>
      message.kind === 'events' ? message.events.map((event) => event.position) : message.position,
    );
    for (const [i, position] of positions.entries()) {
      expect(comparePositions(positions[i - 1] ?? START, position)).toBeLessThanOrEqual(0);
    }
    expect(follower.events).toHaveLength(20);
  });
}

function describeEnd({ log, follow }: Contract): void {
  it('ends without an error when it is aborted while it waits', async () => {
    const follower = follow({ after: await log().head(), categories: [uniqueCategory()] });
    await follower.until(() => caughtUpTimes(follower) > 0);
    await expect(follower.stop()).resolves.toBeUndefined();
  });

  it('ends at once when it was aborted before it began', async () => {
    await appendDone(log(), uniqueStream(), 'no-stream', someEvents(3));
    const messages: SubscriptionMessage[] = [];
    const options = { after: START, signal: AbortSignal.abort() };
    for await (const message of log().subscribe(options)) messages.push(message);
    expect(messages).toEqual([]);
  });

  it('brings no further message when it is aborted while one is handled', async () => {
    const category = uniqueCategory();
    await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(9));
    const aborter = new AbortController();
    const { signal } = aborter;
    let taken = 0;
    const options = { after: START, categories: [category], batchSize: 3, signal };
    for await (const message of log().subscribe(options)) {
      if (message.kind !== 'events') continue;
      taken += 1;
      aborter.abort();
    }
    expect(taken).toBe(1);
  });

  it('can be left in the middle of a page', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    await appendDone(log(), stream, 'no-stream', someEvents(9));
    const { signal } = new AbortController();
    const options = { after: START, categories: [category], batchSize: 3, signal };
    const seen: number[] = [];
    for await (const message of log().subscribe(options)) {
      if (message.kind !== 'events') continue;
      seen.push(...numbersOf(message.events));
      break;
    }
    expect(seen).toEqual(range(seen.length));
    expect(seen.length).toBeGreaterThan(0);
    await appendDone(log(), stream, 8, someEvents(1, 9));
  });

  it('leaves other subscriptions alone when one is aborted', async () => {
    const category = uniqueCategory();
    const options = { after: await log().head(), categories: [category] };
    const followers = [follow(options), follow(options)] as const;
    await Promise.all(followers.map((each) => each.until(() => caughtUpTimes(each) > 0)));
    await followers[0].stop();
    await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(2));
    await followers[1].until(() => followers[1].events.length >= 2);
    expect(followers[0].events).toEqual([]);
  });
}
