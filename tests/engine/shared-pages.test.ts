import fc from 'fast-check';

import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { START } from '../../src/domain/kernel/position.ts';
import { createSharedPages } from '../../src/engine/shared-pages.ts';
import type { AllRead, EventLog } from '../../src/ports/event-log.ts';

const CATEGORIES = ['order', 'account', 'stock'];

/** A log that counts the events which its readers were given. */
function openLog() {
  const memory = createMemoryEventLog({ clock: systemClock, ids: systemIds });
  let given = 0;
  let streams = 0;
  async function add(category: string): Promise<string> {
    const id = systemIds.uuid();
    streams += 1;
    const outcome = await memory.append(`${category}-s.${streams}`, 'no-stream', [
      {
        id,
        type: 'Noted',
        recordedAt: '2027-01-01T00:00:00.000Z',
        data: {},
        metadata: {} as never,
      },
    ]);
    expect(outcome.outcome).toBe('done');
    return id;
  }
  const log = Object.assign(Object.create(memory) as EventLog, {
    async readAll(options: AllRead) {
      const page = await memory.readAll(options);
      given += page.events.length;
      return page;
    },
  });
  return { log, given: () => given, add };
}

const readers = fc.array(
  fc.record({
    categories: fc.subarray(CATEGORIES, { minLength: 1 }),
    /** Turns that it waits before each page. */
    slowness: fc.integer({ min: 0, max: 6 }),
    /** Pages that the others have read before it begins. */
    late: fc.integer({ min: 0, max: 10 }),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('pages that readers share', () => {
  test('each reader is given all of its events once and in order, however fast the others are', async () => {
    const categoriesInOrder = fc.array(fc.constantFrom(...CATEGORIES), { maxLength: 120 });
    const pageEvents = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(readers, categoriesInOrder, pageEvents, async (all, recorded, limit) => {
        const { log, add } = openLog();
        const order: { id: string; category: string }[] = [];
        const record = async (category: string) => {
          const id = await add(category);
          order.push({ id, category });
        };
        for (const category of recorded.slice(0, recorded.length / 2)) await record(category);
        const pages = createSharedPages(log, { pageEvents: limit, categories: CATEGORIES });

        const readThrough = async ({ categories, slowness, late }: (typeof all)[number]) => {
          for (let i = 0; i < late; i++) await Promise.resolve();
          const reader = pages.enter(categories);
          const seen: string[] = [];
          let position = START;
          for (;;) {
            for (let i = 0; i < slowness; i++) await Promise.resolve();
            const isComplete = order.length === recorded.length;
            const page = await reader.read(position);
            seen.push(...page.events.map(({ id }) => id));
            position = page.position;
            if (page.atHead && isComplete) break;
          }
          reader.leave();
          return { categories, seen };
        };
        const growing = async () => {
          for (const category of recorded.slice(order.length)) await record(category);
        };
        const [found] = await Promise.all([Promise.all(all.map(readThrough)), growing()]);
        for (const { categories, seen } of found) {
          const expected = order.filter(({ category }) => categories.includes(category));
          expect(seen).toEqual(expected.map(({ id }) => id));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('ten readers side by side read each event once', async () => {
    const { log, given, add } = openLog();
    for (let i = 0; i < 300; i++) await add(CATEGORIES[i % 3] as string);
    const pages = createSharedPages(log, { pageEvents: 10, categories: CATEGORIES });
    const readThrough = async () => {
      const reader = pages.enter(CATEGORIES);
      let position = START;
      let seen = 0;
      for (let atHead = false; !atHead;) {
        const page = await reader.read(position);
        seen += page.events.length;
        ({ position, atHead } = page);
      }
      return seen;
    };
    const counts = await Promise.all(Array.from({ length: 10 }, readThrough));
    expect(counts).toEqual(counts.map(() => 300));
    // The last page may grow, so each reads it by itself; the first two came alone.
    expect(given()).toBeLessThanOrEqual(300 + 13 * 10);
  });
});
