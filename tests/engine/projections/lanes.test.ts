import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import type { RunningWork } from '../../../src/engine/leases/work-unit.ts';
import { feedOf, LANE_ASSIGNMENT, lanesOf } from '../../../src/engine/projections/lanes.ts';
import { createProjectionEngine } from '../../../src/engine/projections/projection-engine.ts';
import { createSharedProjections } from '../../../src/engine/projections/shared/shared-projections.ts';
import { features } from '../../../src/features/index.ts';
import {
  createQuickClock,
  documentsIn,
  eventsOf,
  eventually,
  foldPlainly,
  PATIENCE_MS,
} from '../../support/projection-world.ts';
import { createToys, TOY_TYPES, toyEvent } from '../../support/toy-projections.ts';

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

describe('the lanes', () => {
  it('of the product are those of this assignment', () => {
    const projections = features.flatMap((feature) => feature.projections);
    const lanes = Object.fromEntries(
      lanesOf(projections).map((lane) => [
        lane.feed,
        lane.projections.map(({ name }) => name).sort(),
      ]),
    );
    // A projection moved? Raise LANE_ASSIGNMENT with it. A new projection needs no new number.
    expect({ assignment: LANE_ASSIGNMENT, lanes }).toEqual({
      assignment: 1,
      lanes: {
        'feed-devices': [
          'api-keys',
          'conflicts',
          'device-facts',
          'devices',
          'fiscal-numbers',
          'users',
        ],
        'feed-integrations': [
          'audit-trail',
          'books-mapping',
          'checkouts',
          'correlations',
          'deliveries',
          'event-hours',
          'field-mappings',
          'integrations',
          'notification-preferences',
          'notification-templates',
          'processes',
          'provider-usage',
          'settings',
          'webhook-subscriptions',
          'webhooks',
        ],
        'feed-money': [
          'account-statement',
          'customer-accounts',
          'customer-search',
          'debts',
          'drawers',
          'payment-attempts',
          'payment-notices',
          'payments',
        ],
        'feed-sales': [
          'alerts',
          'categories',
          'daily-sales',
          'order-details',
          'order-history',
          'order-list',
          'popular-products',
          'product-search',
          'products',
          'stock-levels',
          'stock-movements',
        ],
      },
    });
  });

  it('take a projection that names none into sales', () => {
    expect(feedOf({})).toBe('feed-sales');
  });
});

/** The read models of an instance of an older release, which had the lane `feed-2` for them. */
function createTown() {
  const clock = createQuickClock();
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const store = openSqliteReadStore(':memory:');
  const toys = createToys();
  const running: RunningWork[] = [];
  const options = {
    ...{ log, store, clock, logger, ids: systemIds, types: TOY_TYPES, projections: toys.all },
    limits: { retryInitialMs: 1, retryMaxMs: 16 },
  };
  const shared = createSharedProjections(options);
  const lostOnes: string[] = [];
  const older = createProjectionEngine({
    ...options,
    feedName: 'feed-2',
    categories: ['order', 'account'],
    // Its lease has changed hands often; the lanes' leases are new.
    lease: { token: 57, lost: () => void lostOnes.push('older') },
  });

  async function append(category: 'order' | 'account', count: number) {
    for (let i = 0; i < count; i++) {
      const stream = streamName(category, 's1', systemIds.uuid());
      await log.append(stream, 'no-stream', [toyEvent('s1', 'LineAdded')]);
    }
  }

  return {
    ...{ log, store, toys, shared, older, lostOnes, append },
    async upgrade() {
      await shared.start();
      for (const unit of shared.units) running.push(await unit.begin({ token: 1, lost: silent }));
    },
    async expectFolded() {
      expect(await shared.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
      const events = await eventsOf(log);
      for (const projection of toys.all) {
        const found = await documentsIn(store, shared.serving(projection.name) ?? '');
        expect(found).toEqual(foldPlainly(projection, events));
      }
    },
    async close() {
      await older.stop();
      for (const work of running) await work.end();
      await shared.stop();
    },
  };
}

describe('an upgrade from the feeds of an older release', () => {
  let town: ReturnType<typeof createTown>;
  beforeEach(async () => {
    town = createTown();
    await town.older.start();
    await town.append('order', 5);
    await town.append('account', 3);
    expect(await town.older.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
  });
  afterEach(() => town.close());

  it('goes on from the checkpoint of each projection, and neither loses nor rebuilds any', async () => {
    await town.older.stop();
    await town.append('order', 4);
    await town.upgrade();
    await town.append('account', 2);

    await town.expectFolded();
    expect(town.shared.report().map(({ generation }) => generation)).toEqual([1, 1, 1]);
    expect(town.shared.counts()).toEqual(new Map());
  });

  it('fences the older instance off, however large its token is', async () => {
    await town.upgrade();
    await town.append('order', 2);
    await eventually(() => town.lostOnes.length > 0);
    await town.append('account', 2);

    await town.expectFolded();
    expect(town.shared.report().map(({ generation }) => generation)).toEqual([1, 1, 1]);
  });
});
