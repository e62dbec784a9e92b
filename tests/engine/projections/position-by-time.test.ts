import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { documentKey, partsOf } from '../../../src/domain/kernel/names.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import { positionBefore } from '../../../src/engine/projections/position-by-time.ts';
import { dailySales } from '../../../src/projections/reports/daily-sales/projection.ts';
import { createWorld, eventsOf } from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';
import { overwrite, stored } from './damage.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2025, 0, 1, 8);

/** A log of some days, with so many events on each. */
async function logOfDays(perDay: readonly number[]) {
  let now = FIRST_MS;
  const log = createMemoryEventLog({
    clock: { now: () => now, sleep: () => Promise.resolve() },
    ids: systemIds,
  });
  let count = 0;
  for (const events of perDay) {
    for (let i = 0; i < events; i++) {
      const event = toyEvent('s1', 'LineAdded', { amount: count });
      await log.append(`order-s1.${count++}`, 'no-stream', [event]);
      now += 1_000;
    }
    now += DAY_MS - events * 1_000;
  }
  return log;
}

const timeOf = (day: number) => new Date(FIRST_MS + day * DAY_MS).toISOString();

describe('the place of a time in a log', () => {
  it.each([[[3, 0, 4, 1]], [[1]], [[0, 0, 5]], [[7, 7, 7, 7, 7, 7, 7]], [[]]])(
    'is right before the first event that was recorded then or later, with %j events a day',
    async (perDay) => {
      const log = await logOfDays(perDay);
      const events = await eventsOf(log);
      for (let day = -1; day <= perDay.length; day++) {
        const place = await positionBefore(log, timeOf(day));
        const page = await log.readAll({ after: place });
        const later = events.filter(({ recordedAt }) => recordedAt >= timeOf(day));
        expect(page.events.map(({ id }) => id)).toEqual(later.map(({ id }) => id));
      }
    },
  );

  it('is the start when no time is asked for, or positions are not plain numbers', async () => {
    const log = await logOfDays([5, 5]);
    expect(await positionBefore(log, undefined)).toEqual(START);
    const sparse = { ...log, readAt: () => Promise.resolve(undefined) };
    expect(await positionBefore(sparse, timeOf(1))).toEqual(START);
  });
});

describe('a document of many streams that is about a day', () => {
  const days: Projection<{ readonly count: number }> = {
    name: 'days',
    version: 1,
    collection: 'days',
    indexes: [],
    categories: ['order'],
    keys: ({ metadata, recordedAt }) => [documentKey(metadata.storeId, recordedAt.slice(0, 10))],
    evolve: (document) => ({ count: (document?.count ?? 0) + 1 }),
    recordedFrom: (key) => `${partsOf(key).parts[0] ?? ''}T00:00:00.000Z`,
  };

  it('is healed by reading the log from that day on', async () => {
    const log = await logOfDays([50, 50, 5]);
    const world = createWorld({
      log,
      projections: [days],
      limits: { sliceEvents: 5 },
    });
    await world.engine.start();
    await world.caughtUp();
    const key = 's1.2025-01-03';
    const document = await stored(world, 'days', key);
    expect(document.body).toEqual({ count: 5 });
    await overwrite(world, 'days', [{ ...document, body: { count: 4 } }]);
    world.log.readAlls = 0;
    const [report] = await world.engine.audit({ projection: 'days', key, heal: true });
    expect(report?.damages).toMatchObject([{ key, differences: [{ expected: 5, found: 4 }] }]);
    expect(world.log.readAlls).toBeLessThan(5);
    expect((await stored(world, 'days', key)).body).toEqual({ count: 5 });
    await world.close();
  });

  it('of the sales of a day begins no later than the day does anywhere on earth', () => {
    for (const timezone of ['Pacific/Kiritimati', 'Europe/Madrid', 'Pacific/Pago_Pago']) {
      const calendar = createCalendar(() => [
        { id: 's1', name: 'Shop', currency: 'EUR', timezone, dayStartsAt: '00:00', keys: [] },
      ]);
      const from = dailySales.recordedFrom?.('s1.2025-03-30') ?? '';
      const before = Date.parse(from) - 1;
      expect(calendar.businessDay('s1', before) < '2025-03-30').toBe(true);
      expect(from).toBe('2025-03-29T09:00:00.000Z');
    }
    expect(dailySales.recordedFrom?.('s1.nonsense')).toBeUndefined();
  });
});
