import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import {
  appendDone,
  appendUntilKnown,
  numbersOf,
  range,
  readToHead,
  someEvent,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

export function describeIdempotency({ log }: Contract): void {
  describeRepeats({ log });
  describeCollisions({ log });
}

function describeRepeats({ log }: Pick<Contract, 'log'>): void {
  it('answers a repeated append as the first time and stores nothing', async () => {
    const category = uniqueCategory();
    const stream = uniqueStream(category);
    const batch = someEvents(3);
    const first = await appendDone(log(), stream, 'no-stream', batch);
    const again = await appendDone(log(), stream, 'no-stream', batch);
    expect(again).toEqual(first);
    const rest = await readToHead(log(), { after: first.position, categories: [category] });
    expect(rest.events).toEqual([]);
    expect(await log().readStream(stream)).toHaveLength(3);
  });

  it('answers a repeat at a revision of a longer stream as the first time', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(2));
    const batch = someEvents(2, 2);
    const first = await appendDone(log(), stream, 1, batch);
    expect(await appendDone(log(), stream, 1, batch)).toEqual(first);
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2, 3]);
  });

  it('answers a repeat as the first time after the stream has gone on', async () => {
    const stream = uniqueStream();
    const batch = someEvents(2);
    const first = await appendDone(log(), stream, 'no-stream', batch);
    await appendDone(log(), stream, 1, someEvents(3, 2));
    expect(await appendDone(log(), stream, 'no-stream', batch)).toEqual(first);
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps the first data when a repeat brings other data, type and metadata', async () => {
    const stream = uniqueStream();
    const event = someEvent({ n: 1 });
    const first = await appendDone(log(), stream, 'no-stream', [event]);
    const [stored] = await log().readStream(stream);
    const other = someEvent({ n: 2 }, { id: event.id, type: 'Changed' });
    expect(await appendDone(log(), stream, 'no-stream', [other])).toEqual(first);
    expect(await log().readStream(stream)).toEqual([stored]);
    expect(stored).toMatchObject({ type: 'Noted', data: { n: 1 } });
  });

  it('answers a prefix of the first batch with the place of its own last event', async () => {
    const stream = uniqueStream();
    const batch = someEvents(4);
    await appendDone(log(), stream, 'no-stream', batch);
    const prefix = await appendDone(log(), stream, 'no-stream', batch.slice(0, 2));
    const stored = await log().readStream(stream);
    expect(prefix).toMatchObject({ revision: 1, position: stored[1]?.position });
    expect(await log().readStream(stream)).toHaveLength(4);
  });

  it('stores one of many identical appends in flight and answers all alike', async () => {
    const stream = uniqueStream();
    const batch = someEvents(2);
    const outcomes = await Promise.all(
      range(10).map(() => appendDone(log(), stream, 'no-stream', batch)),
    );
    expect(new Set(outcomes.map(({ position }) => position.commit)).size).toBe(1);
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect(await log().readStream(stream)).toHaveLength(2);
  });
}

function describeCollisions({ log }: Pick<Contract, 'log'>): void {
  /** A stream of three events whose ids are known. */
  async function threeEvents(): Promise<{ stream: string; batch: NewEvent[] }> {
    const stream = uniqueStream();
    const batch = someEvents(3);
    await appendDone(log(), stream, 'no-stream', batch);
    return { stream, batch };
  }

  it('refuses known ids followed by a new event at the old revision', async () => {
    const { stream, batch } = await threeEvents();
    const longer = [...batch, someEvent({ n: 3 })];
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', longer);
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
    expect(await log().readStream(stream)).toHaveLength(3);
  });

  it('refuses a new event among known ids at the old revision', async () => {
    const { stream, batch } = await threeEvents();
    const mixed = [...batch.slice(0, 1), someEvent({ n: 9 }), ...batch.slice(2)];
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', mixed);
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2]);
  });

  it('refuses known ids in another order at the old revision', async () => {
    const { stream, batch } = await threeEvents();
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', batch.toReversed());
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
  });

  it('refuses known ids that do not begin where the first batch began', async () => {
    const { stream, batch } = await threeEvents();
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', batch.slice(1));
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
  });

  it('refuses known ids at a revision that the stream has not reached', async () => {
    const { stream, batch } = await threeEvents();
    const outcome = await appendUntilKnown(log(), stream, 7, batch);
    expect(outcome).toEqual({ outcome: 'conflict', actual: 2 });
  });

  it('writes a known id again at the current revision', async () => {
    const { stream, batch } = await threeEvents();
    const outcome = await appendDone(log(), stream, 2, batch.slice(0, 1));
    expect(outcome.revision).toBe(3);
    expect(numbersOf(await log().readStream(stream))).toEqual([0, 1, 2, 0]);
  });

  it('takes the same ids in another stream as new events', async () => {
    const { batch } = await threeEvents();
    const other = uniqueStream();
    const outcome = await appendDone(log(), other, 'no-stream', batch);
    expect(outcome.revision).toBe(2);
    expect(numbersOf(await log().readStream(other))).toEqual([0, 1, 2]);
  });
}
