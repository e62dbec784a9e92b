import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { ExpectedRevision } from '../../../src/ports/event-log.ts';
import {
  appendDone,
  areAscending,
  range,
  readWholeStream,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

const WRITERS = 10;
const APPENDS_EACH = 50;
const BATCH = 5;
const PER_STREAM = APPENDS_EACH * BATCH;
const TOTAL = WRITERS * PER_STREAM;

/** One gate that a test opens once. */
function createGate(): { open: () => void; opened: Promise<void> } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Each stream whole, in order, each event once, and all of them in log order. */
function expectWhole(events: readonly RecordedEvent[], streams: readonly string[]): void {
  expect(areAscending(events.map(({ position }) => position))).toBe(true);
  for (const stream of streams) {
    const own = events.filter((event) => event.stream === stream);
    expect(own.map(({ revision }) => revision)).toEqual(range(PER_STREAM));
    expect(own.map(({ data }) => (data as { n: number }).n)).toEqual(range(PER_STREAM));
  }
  expect(events).toHaveLength(streams.length * PER_STREAM);
}

export function describeLoad({ log, follow }: Contract): void {
  /** Several writers at once, each filling its own stream in small batches. */
  async function writeHeavily(streams: readonly string[]): Promise<void> {
    const write = async (stream: string) => {
      let expected: ExpectedRevision = 'no-stream';
      for (let n = 0; n < PER_STREAM; n += BATCH) {
        expected = (await appendDone(log(), stream, expected, someEvents(BATCH, n))).revision;
      }
    };
    await Promise.all(streams.map(write));
  }

  function someStreams(category: string): string[] {
    return range(WRITERS).map(() => uniqueStream(category));
  }

  it('shows a reader of the whole log no gap and no repeat during heavy writes', async () => {
    const category = uniqueCategory();
    const streams = someStreams(category);
    let position = await log().head();
    let writing = true;
    const writes = writeHeavily(streams).finally(() => {
      writing = false;
    });
    const events: RecordedEvent[] = [];
    for (let more = true; more;) {
      const last = !writing;
      const page = await log().readAll({ after: position, categories: [category], limit: 100 });
      events.push(...page.events);
      position = page.position;
      more = !(last && page.atHead);
      // Lets the writers go on where the log answers a read without waiting for anything.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writes;
    expectWhole(events, streams);
  });

  it('shows a reader of one stream whole batches only during heavy writes', async () => {
    const streams = someStreams(uniqueCategory());
    const [stream = ''] = streams;
    let writing = true;
    const writes = writeHeavily(streams).finally(() => {
      writing = false;
    });
    const lengths = new Set<number>();
    while (writing) {
      lengths.add((await readWholeStream(log(), stream)).length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writes;
    lengths.add((await readWholeStream(log(), stream)).length);
    expect([...lengths].filter((length) => length % BATCH !== 0)).toEqual([]);
    expect(Math.max(...lengths)).toBe(PER_STREAM);
  });

  it('brings a live subscriber everything during heavy writes', async () => {
    const category = uniqueCategory();
    const streams = someStreams(category);
    const follower = follow({ after: await log().head(), categories: [category], batchSize: 50 });
    await follower.until(() => follower.messages.length > 0);
    await writeHeavily(streams);
    await follower.until(() => follower.events.length >= TOTAL);
    expectWhole(follower.events, streams);
  });

  it('misses nothing for subscriptions that begin while writes go on', async () => {
    const category = uniqueCategory();
    const streams = someStreams(category);
    const after = await log().head();
    const first = follow({ after, categories: [category] });
    const writes = writeHeavily(streams);
    const followers = [first];
    for (const seen of [50, 500, 1_500]) {
      await first.until(() => first.events.length >= seen);
      followers.push(follow({ after, categories: [category], batchSize: 37 }));
    }
    await writes;
    for (const follower of followers) {
      await follower.until(() => follower.events.length >= TOTAL);
      expectWhole(follower.events, streams);
    }
  });

  it('goes on where another subscription stopped during heavy writes', async () => {
    const category = uniqueCategory();
    const streams = someStreams(category);
    const first = follow({ after: await log().head(), categories: [category], batchSize: 20 });
    const writes = writeHeavily(streams);
    await first.until(() => first.events.length >= 300);
    await first.stop();
    const second = follow({ after: first.position, categories: [category] });
    await writes;
    await second.until(() => first.events.length + second.events.length >= TOTAL);
    expectWhole([...first.events, ...second.events], streams);
  });

  it('brings a slow subscriber everything in order, a message at a time', async () => {
    const category = uniqueCategory();
    const streams = someStreams(category);
    const gate = createGate();
    let handling = 0;
    let mostHandling = 0;
    const follower = follow({
      after: await log().head(),
      categories: [category],
      batchSize: 25,
      onMessage: async ({ kind }) => {
        handling += 1;
        mostHandling = Math.max(mostHandling, handling);
        if (kind === 'events') await gate.opened;
        await new Promise((resolve) => setImmediate(resolve));
        handling -= 1;
      },
    });
    await writeHeavily(streams);
    await follower.until(() => follower.events.length > 0);
    expect(follower.events.length).toBeLessThanOrEqual(25);
    gate.open();
    await follower.until(() => follower.events.length >= TOTAL);
    expect(mostHandling).toBe(1);
    expectWhole(follower.events, streams);
  });
}
