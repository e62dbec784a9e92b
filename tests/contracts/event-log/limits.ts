import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { MAX_APPEND_BYTES } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  appendUntilKnown,
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

/** Room for what a server adds to the events of one append. */
const MARGIN_BYTES = 4_096;

function sizeBytes(events: readonly NewEvent[]): number {
  return events.reduce(
    (sum, { data, metadata }) =>
      sum + Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata)),
    0,
  );
}

/** One event whose data and metadata are so many bytes; all its characters take one byte. */
function eventOf(bytes: number): NewEvent {
  const empty = someEvent({ text: '' });
  return { ...empty, data: { text: 'x'.repeat(bytes - sizeBytes([empty])) } };
}

export function describeLimits(contract: Contract): void {
  describeSizes(contract);
  describeLengths(contract);
}

function describeSizes({ log, itWith }: Contract): void {
  async function expectTooLarge(events: readonly NewEvent[]): Promise<void> {
    const stream = uniqueStream();
    const outcome = await appendUntilKnown(log(), stream, 'no-stream', events);
    expect(outcome).toMatchObject({ outcome: 'failed', reason: 'too-large', retryable: false });
    expect(outcome.outcome === 'failed' && outcome.error).toBeInstanceOf(Error);
    expect(await log().readStream(stream)).toEqual([]);
  }

  it('stores an append just under the size limit', async () => {
    const stream = uniqueStream();
    const event = eventOf(MAX_APPEND_BYTES - MARGIN_BYTES);
    await appendDone(log(), stream, 'no-stream', [event]);
    const [stored] = await log().readStream(stream);
    expect(stored?.data).toEqual(event.data);
  });

  it('refuses one event over the size limit', async () => {
    await expectTooLarge([eventOf(MAX_APPEND_BYTES + 1)]);
  });

  it('refuses a batch that is over the size limit only as a whole', async () => {
    const half = MAX_APPEND_BYTES / 2;
    await expectTooLarge([eventOf(half), eventOf(half + 1)]);
  });

  it('measures the size in bytes and not in characters', async () => {
    const event = someEvent({ text: '€'.repeat(MAX_APPEND_BYTES / 2) });
    expect(JSON.stringify(event).length).toBeLessThan(MAX_APPEND_BYTES);
    await expectTooLarge([event]);
  });

  it('goes on working after an append that was too large', async () => {
    const stream = uniqueStream();
    const tooLarge = [eventOf(MAX_APPEND_BYTES + 1)];
    const [refused, stored] = await Promise.all([
      appendUntilKnown(log(), stream, 'no-stream', tooLarge),
      appendUntilKnown(log(), stream, 'no-stream', someEvents(1)),
    ]);
    expect([refused.outcome, stored.outcome]).toEqual(['failed', 'done']);
    expect(numbersOf(await log().readStream(stream))).toEqual([0]);
  });

  itWith('exactLimit')('stores an append of exactly the size limit', async () => {
    const stream = uniqueStream();
    const batch = [eventOf(MAX_APPEND_BYTES - 1_000), eventOf(1_000)];
    expect(sizeBytes(batch)).toBe(MAX_APPEND_BYTES);
    await appendDone(log(), stream, 'no-stream', batch);
    expect(await log().readStream(stream)).toHaveLength(2);
  });
}

function describeLengths({ log }: Pick<Contract, 'log'>): void {
  it('reads at most 1,000 events of a stream at once', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', someEvents(1_100));
    expect(numbersOf(await log().readStream(stream))).toEqual(range(1_000));
    expect(numbersOf(await log().readStream(stream, { limit: 5_000 }))).toEqual(range(1_000));
    const last = await log().readStream(stream, { direction: 'backwards' });
    expect(numbersOf(last)).toEqual(range(1_000, 100).toReversed());
    expect(numbersOf(await readWholeStream(log(), stream))).toEqual(range(1_100));
  });

  it('reads large events of the whole log in as many pages as they need', async () => {
    const category = uniqueCategory();
    const large = () => [eventOf(MAX_APPEND_BYTES - 1_000)];
    for (let i = 0; i < 6; i++)
      await appendDone(log(), uniqueStream(category), 'no-stream', large());
    const all = await readToHead(log(), { after: START, categories: [category] });
    expect(all.events).toHaveLength(6);
  });

  it('reads at most 1,000 events of the whole log at once unless more are asked for', async () => {
    const category = uniqueCategory();
    const first = await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(1));
    await appendDone(log(), uniqueStream(category), 'no-stream', someEvents(1_100, 1));
    const page = await log().readAll({ after: first.position });
    expect(page.events.length).toBeGreaterThan(0);
    expect(page.events.length).toBeLessThanOrEqual(1_000);
    expect(page.atHead).toBe(false);
    const all = await readToHead(log(), { after: START, categories: [category], limit: 5_000 });
    expect(numbersOf(all.events)).toEqual(range(1_101));
  });
}
