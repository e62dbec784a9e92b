import {
  createSharedSubscription,
  type Reader,
  type Subscribe,
} from '../../../src/adapters/eventstoredb/shared-subscription.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { Position } from '../../../src/domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../../src/ports/event-log.ts';
import { numbersOf, range, someEvent } from '../../support/event-log.ts';

const KEPT = 2_048;

const at = (n: number): Position => ({ commit: BigInt(n), prepare: BigInt(n) });

const event = (n: number): RecordedEvent => ({
  ...someEvent({ n }),
  stream: 'order-s1.1',
  revision: n,
  position: at(n),
  recordedAt: '2026-01-01T00:00:00.000Z',
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A subscription of the server that sends what the test says. */
function open() {
  const started: Position[] = [];
  let queue: SubscriptionMessage[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  let ended = 0;
  const subscribe: Subscribe = async function* (after, signal) {
    started.push(after);
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        const messages = queue;
        queue = [];
        yield* messages;
        if (failure) throw failure;
        if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      ended += 1;
    }
  };
  const shared = createSharedSubscription(subscribe);
  const send = async (...messages: SubscriptionMessage[]) => {
    queue.push(...messages);
    await turn();
    wake();
    await turn();
  };
  return {
    shared,
    started,
    send,
    sendEvents: (numbers: readonly number[]) =>
      send({ kind: 'events', events: numbers.map(event) }),
    fail: async (error: Error) => {
      failure = error;
      await send();
      failure = undefined;
    },
    ended: () => ended,
  };
}

const all = () => true;
const take = (reader: Reader | undefined, max = 10_000) => {
  const taken = reader?.take(max, all);
  return taken && { ...taken, events: numbersOf(taken.events) };
};

describe('a subscription that several subscribers share', () => {
  it('is opened once, where its first subscriber has caught up', async () => {
    const { shared, started, sendEvents } = open();
    const [one, two] = [shared.enter(), shared.enter()];
    const first = one.join(at(5));
    const second = two.join(at(5));
    await sendEvents([6, 7]);

    expect(started).toEqual([at(5)]);
    expect(take(first)).toMatchObject({ events: [6, 7], position: at(7), hasMore: false });
    expect(take(second)).toMatchObject({ events: [6, 7] });
  });

  it('takes no subscriber that is ahead of it, or behind what it keeps', async () => {
    const { shared, sendEvents } = open();
    const [one, two] = [shared.enter(), shared.enter()];
    one.join(at(5));
    await sendEvents([6, 7, 8]);

    expect(two.join(at(9))).toBeUndefined();
    expect(two.isPast(at(9))).toBe(false);
    expect(two.join(at(4))).toBeUndefined();
    expect(two.isPast(at(4))).toBe(true);
    expect(take(two.join(at(6)))?.events).toEqual([7, 8]);
  });

  it('drops what every reader has taken', async () => {
    const { shared, sendEvents } = open();
    const [one, two] = [shared.enter(), shared.enter()];
    const reader = one.join(at(0));
    await sendEvents([1, 2]);
    take(reader);
    await sendEvents([3]);

    expect(two.isPast(at(1))).toBe(true);
    expect(two.isPast(at(2))).toBe(false);
    expect(take(reader)?.events).toEqual([3]);
  });

  it('leaves a slow reader behind, and gives the others everything', async () => {
    const { shared, sendEvents } = open();
    const [fast, slow] = [shared.enter().join(at(0)), shared.enter().join(at(0))];
    const got: number[] = [];
    for (let n = 1; n <= KEPT + 1_000; n += 500) {
      await sendEvents(range(500, n));
      got.push(...(take(fast)?.events ?? []));
    }

    expect(got).toEqual(range(got.length, 1));
    expect(take(slow)).toBeUndefined();
    expect(got.length).toBeGreaterThan(KEPT);
  });

  it('gives at most a batch, and the position of its last event', async () => {
    const { shared, sendEvents, send } = open();
    const reader = shared.enter().join(at(0));
    await sendEvents([1, 2, 3]);
    await send({ kind: 'caught-up', position: at(9) });

    expect(take(reader, 2)).toMatchObject({ events: [1, 2], position: at(2), hasMore: true });
    expect(take(reader, 2)).toMatchObject({ events: [3], position: at(9), isCaughtUp: true });
  });

  it('passes its error on after everything before it, and starts again for the next', async () => {
    const { shared, sendEvents, fail, started } = open();
    const subscriber = shared.enter();
    const reader = subscriber.join(at(0));
    await sendEvents([1]);
    await fail(new Error('dropped'));

    expect(take(reader)?.events).toEqual([1]);
    expect(() => take(reader)).toThrow('dropped');
    expect(take(subscriber.join(at(1)))).toMatchObject({ events: [] });
    expect(started).toEqual([at(0), at(1)]);
  });

  it('ends with its last subscriber', async () => {
    const { shared, ended } = open();
    const [one, two] = [shared.enter(), shared.enter()];
    one.join(at(0));
    await turn();
    one.leave();
    one.leave();
    await turn();
    expect(ended()).toBe(0);
    two.leave();
    await turn();

    expect(ended()).toBe(1);
  });
});
