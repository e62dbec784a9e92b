import fc from 'fast-check';

import { createEventCounter } from '../../../src/adapters/eventstoredb/event-counter.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { END, type Position, START } from '../../../src/domain/kernel/position.ts';
import type { AllRead } from '../../../src/ports/event-log.ts';
import { MAX_COUNTED_EVENTS } from '../../../src/ports/event-log.ts';
import { range, someEvent } from '../../support/event-log.ts';

/** Offsets in bytes, as the server's are. */
const BYTES = 100;
const at = (n: number): Position => ({ commit: BigInt(n * BYTES), prepare: BigInt(n * BYTES) });

/** A log of so many events that counts what is read of it. */
function openLog(events = 0) {
  const log = { events, read: 0 };
  const event = (n: number): RecordedEvent => ({
    ...someEvent({ n }),
    stream: 'order-s1.1',
    revision: n,
    position: at(n),
    recordedAt: '2026-01-01T00:00:00.000Z',
  });
  const readAll = async ({ after, direction, limit = 1_000 }: AllRead) => {
    const isBackwards = direction === 'backwards';
    const next = after.commit < 0n ? 0 : Math.floor(Number(after.commit) / BYTES) + 1;
    const first = isBackwards ? Math.max(0, (after === END ? log.events : next - 1) - limit) : next;
    const end = isBackwards ? (after === END ? log.events : next - 1) : log.events;
    const found = range(Math.max(0, Math.min(end - first, limit))).map((i) => event(first + i));
    if (isBackwards) found.reverse();
    log.read += found.length;
    const last = found.at(-1)?.position ?? after;
    const atHead = isBackwards ? first === 0 : first + found.length >= log.events;
    return { events: found, position: isBackwards && atHead ? START : last, atHead };
  };
  return { log, counter: createEventCounter({ readAll }) };
}

describe('the counter of events', () => {
  it('counts what comes after each position, while the log grows', async () => {
    const step = fc.record({
      grow: fc.nat(2_500),
      ask: fc.array(fc.nat(20_000), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { log, counter } = openLog();
        for (const { grow, ask } of steps) {
          log.events += grow;
          const positions = ask.map((n) => (n === 0 ? START : at(n - 1)));
          const counted = await Promise.all(positions.map((each) => counter.countAfter(each)));
          const expected = ask.map((n) =>
            Math.min(Math.max(0, log.events - n), MAX_COUNTED_EVENTS),
          );
          expect(counted).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('reads an event once, however often it is counted', async () => {
    const { log, counter } = openLog(5_000);
    for (let i = 0; i < 20; i++) {
      await Promise.all(range(30).map((n) => counter.countAfter(at(n * 100))));
    }
    log.events += 700;
    await Promise.all(range(30).map((n) => counter.countAfter(at(n * 100))));

    expect(log.read).toBe(5_700);
  });

  it('counts what was there when it was asked, although a count is under way', async () => {
    const { log, counter } = openLog(10);
    const before = counter.countAfter(START);
    await Promise.resolve();
    log.events += 5;

    expect(await counter.countAfter(START)).toBe(15);
    expect(await before).toBeGreaterThanOrEqual(10);
  });
});
