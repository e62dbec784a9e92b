import fc from 'fast-check';

import { openDatabase } from '../../../src/adapters/sqlite/database.ts';
import { createPages } from '../../../src/adapters/sqlite/event-log-pages.ts';
import { createTail } from '../../../src/adapters/sqlite/event-log-tail.ts';
import { positionOf } from '../../../src/adapters/sqlite/event-rows.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { AllRead } from '../../../src/ports/event-log.ts';
import { openTemporaryLog, type TemporaryLog } from './temporary-log.ts';

const CATEGORIES = ['order', 'account', 'stock'];

type Step =
  | { readonly kind: 'append'; readonly category: string; readonly count: number }
  | { readonly kind: 'read'; readonly back: number; readonly read: Omit<AllRead, 'after'> };

const append = fc.record({
  kind: fc.constant('append' as const),
  category: fc.constantFrom(...CATEGORIES),
  count: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 1, arbitrary: fc.integer({ min: 400, max: 700 }) },
  ),
});
const read = fc.record({
  kind: fc.constant('read' as const),
  /** How far behind the newest event, or ahead of it. */
  back: fc.oneof(fc.integer({ min: -2, max: 20 }), fc.integer({ min: 0, max: 2_500 })),
  read: fc.record(
    {
      categories: fc.subarray(CATEGORIES, { minLength: 1 }),
      limit: fc.integer({ min: 1, max: 40 }),
      direction: fc.constantFrom('forwards' as const, 'backwards' as const),
    },
    { requiredKeys: [] },
  ),
});

describe('the newest events in memory', () => {
  let temporary: TemporaryLog;
  let streams = 0;
  beforeEach(() => {
    temporary = openTemporaryLog();
  });
  afterEach(() => temporary.destroy());

  async function add(category: string, count: number, text = ''): Promise<void> {
    streams += 1;
    const events = Array.from({ length: count }, (_, i) => ({
      id: systemIds.uuid(),
      type: 'Noted',
      recordedAt: '2027-01-01T00:00:00.000Z',
      data: { i, text },
      metadata: { storeId: 's' } as never,
    }));
    const outcome = await temporary.log.append(`${category}-s.${streams}`, 'no-stream', events);
    expect(outcome.outcome).toBe('done');
  }

  test('are read as the file has them, whatever is asked for and whenever', async () => {
    const steps = fc.array(fc.oneof<fc.Arbitrary<Step>[]>(append, read, read), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const db = openDatabase(temporary.path, 'full', 'reading');
        const pages = createPages(db);
        const tail = createTail(pages);
        for (const step of given) {
          if (step.kind === 'append') {
            await add(step.category, step.count);
            continue;
          }
          const options = { ...step.read, after: positionOf(pages.head() - step.back) };
          expect(tail.read(options)).toEqual(pages.read(options));
        }
        db.close();
      }),
      { numRuns: 25 },
    );
  });

  test('take no more memory than a page, however large they are', async () => {
    const db = openDatabase(temporary.path, 'full', 'reading');
    const pages = createPages(db);
    const tail = createTail(pages);
    const from = positionOf(pages.head());
    tail.read({ after: from });
    for (let i = 0; i < 12; i++) {
      await add('order', 1, 'x'.repeat(900_000));
      expect(tail.read({ after: positionOf(i) }).events).toHaveLength(1);
    }
    // Those at the start are not kept: they are read from the file, page by page.
    expect(tail.read({ after: positionOf(0) })).toEqual(pages.read({ after: positionOf(0) }));
    expect(tail.read({ after: positionOf(0) }).full).toBe(true);
    db.close();
  });
});
