import { jest } from '@jest/globals';

import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import type { RunningWork } from '../../../src/engine/leases/work-unit.ts';
import {
  createSharedProjections,
  type SharedProjections,
} from '../../../src/engine/projections/shared/shared-projections.ts';
import type { Leases } from '../../../src/ports/lease.ts';
import { createQuickClock, eventually, PATIENCE_MS } from '../../support/projection-world.ts';
import { createToys, TOY_TYPES, toyEvent } from '../../support/toy-projections.ts';

const HOUR_MS = 3_600_000;
const BY = { kind: 'operator', id: 'op-1' } as const;
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Several processes over one log and one read store. */
function createTown() {
  const quick = createQuickClock();
  let setBackMs = 0;
  let goesBack = false;
  const clock = {
    ...quick,
    now: () => quick.now() - (goesBack ? (setBackMs += HOUR_MS) : 0),
  };
  const log = createMemoryEventLog({ clock, ids: systemIds });
  const store = openSqliteReadStore(':memory:');
  const toys = createToys();
  const running: RunningWork[] = [];
  const all: SharedProjections[] = [];

  async function process(leases?: Leases): Promise<SharedProjections> {
    const shared = createSharedProjections({
      leases,
      log,
      store,
      types: TOY_TYPES,
      clock,
      ids: systemIds,
      logger,
      projections: toys.all,
      limits: { retryInitialMs: 1, retryMaxMs: 16 },
    });
    await shared.start();
    all.push(shared);
    return shared;
  }

  async function begin(shared: SharedProjections, token: number, lost = silent) {
    const works = [];
    for (const unit of shared.units) works.push(await unit.begin({ token, lost }));
    running.push(...works);
    return works;
  }

  async function append(lines = 1) {
    let position = { commit: -1n, prepare: -1n };
    for (let i = 0; i < lines; i++) {
      const stream = streamName('order', 's1', systemIds.uuid());
      const outcome = await log.append(stream, 'no-stream', [toyEvent('s1', 'LineAdded')]);
      if (outcome.outcome !== 'done') throw new Error(`expected done, found ${outcome.outcome}`);
      position = outcome.position;
    }
    return position;
  }

  return {
    log,
    store,
    toys,
    process,
    begin,
    append,
    /** From now on the clock on the wall is set back again and again. */
    setClockBack() {
      goesBack = true;
    },
    async close() {
      for (const work of running) await work.end();
      for (const shared of all) await shared.stop();
    },
  };
}

let town: ReturnType<typeof createTown>;
beforeEach(() => {
  town = createTown();
});
afterEach(() => town.close());

describe('projections shared by several processes', () => {
  it('are one unit of work per lane, each with a feed of its own', async () => {
    const worker = await town.process();
    const feeds = ['feed-integrations', 'feed-money', 'feed-sales'];
    expect(worker.units.map(({ name }) => name)).toEqual(feeds);
    await town.begin(worker, 1);
    const position = await town.append();
    expect(await worker.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
    const checkpoints = await town.store.checkpoints(feeds);
    expect([...checkpoints.keys()].sort()).toEqual(feeds);
    expect(checkpoints.get('feed-sales')).toMatchObject({ position });
  });

  it('let a process that runs none of them wait for a position and then read', async () => {
    const [worker, reader] = [await town.process(), await town.process()];
    await town.begin(worker, 1);
    const position = await town.append(3);
    for (const { name } of town.toys.all) {
      expect(await reader.waitFor(name, position, PATIENCE_MS)).toBe(true);
      expect(reader.serving(name)).toBe(worker.serving(name));
    }
    const collection = reader.serving('tabs') ?? '';
    expect(await town.store.scan(collection, '', 10)).toHaveLength(3);
    const later = { commit: position.commit + 1n, prepare: position.prepare + 1n };
    expect(await reader.waitFor('tabs', later, 5)).toBe(false);
  });

  it('pass a position that was waited for although their own events are others', async () => {
    const [worker, reader] = [await town.process(), await town.process()];
    await town.begin(worker, 1);
    const position = await town.append();
    // No event of an account has come, only one of an order.
    expect(await reader.waitFor('accounts', position, PATIENCE_MS)).toBe(true);
  });

  // A query hung for as long as the clock had been set back (simulated seed 731191628).
  it('are waited for no longer than asked where they run, whatever the clock shows', async () => {
    const worker = await town.process();
    await town.begin(worker, 1);
    const { commit, prepare } = await town.append();
    expect(await worker.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
    town.setClockBack();
    const later = { commit: commit + 1n, prepare: prepare + 1n };
    expect(await worker.waitFor('tabs', later, 30)).toBe(false);
    await town.append();
    expect(await worker.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
  });

  it('go on in the process that takes over, and the one before stops', async () => {
    const [one, two] = [await town.process(), await town.process()];
    const lost: string[] = [];
    await town.begin(one, 1, () => {
      lost.push('one');
      return undefined;
    });
    await town.append(2);
    await one.whenCaughtUp({ timeoutMs: PATIENCE_MS });
    await town.begin(two, 2);
    const position = await town.append(2);
    for (const { name } of town.toys.all) {
      expect(await two.waitFor(name, position, PATIENCE_MS)).toBe(true);
    }
    expect(lost.length).toBeGreaterThan(0);
    const [total] = await town.store.scan(two.serving('totals') ?? '', '', 10);
    expect(total?.body).toMatchObject({ lines: 4, sum: 4 });
  });

  it('refuse orders for what another process runs, and say so', async () => {
    const [worker, reader] = [await town.process(), await town.process()];
    await town.begin(worker, 1);
    const position = await town.append();
    await reader.waitFor('tabs', position, PATIENCE_MS);
    const elsewhere = { code: 'projection_elsewhere' };
    await expect(reader.rebuild('tabs', 'asked')).rejects.toMatchObject(elsewhere);
    await expect(reader.audit({ projection: 'tabs', heal: true })).rejects.toMatchObject(elsewhere);
    await expect(reader.retry('nothing')).rejects.toMatchObject({ code: 'not_found' });
    await worker.rebuild('tabs', 'asked');
    await town.append();
    expect(await worker.whenCaughtUp({ timeoutMs: PATIENCE_MS })).toBe(true);
  });

  it('take no order in a process whose lease another has taken over', async () => {
    const [one, two] = [await town.process(), await town.process()];
    await town.begin(one, 1);
    const position = await town.append();
    await one.waitFor('tabs', position, PATIENCE_MS);
    await town.begin(two, 2);
    const orders = [
      () => one.pause('tabs', 'moved', BY),
      () => one.rebuild('tabs', 'asked', BY),
      () => one.cancelRebuild('tabs', BY),
    ];
    for (const order of orders) await expect(order()).rejects.toThrow();
    expect(await town.store.projectionStatus('tabs')).toBeUndefined();
    expect(await two.waitFor('tabs', await town.append(), PATIENCE_MS)).toBe(true);
  });

  it('do not begin in a process whose lease passes on while it begins', async () => {
    const [one, two] = [await town.process(), await town.process()];
    const commit = town.store.commit.bind(town.store);
    jest.spyOn(town.store, 'commit').mockImplementationOnce(async (first) => {
      await town.begin(two, 2);
      return commit(first);
    });
    const begun = one.units[0]?.begin({ token: 1, lost: silent });
    await expect(begun).rejects.toThrow('under a newer lease');
    const position = await town.append();
    for (const { name } of town.toys.all) {
      expect(await two.waitFor(name, position, PATIENCE_MS)).toBe(true);
    }
  });

  it('do not call an order done that the process which took over cannot know of', async () => {
    const [one, two] = [await town.process(), await town.process()];
    await town.begin(one, 1);
    const position = await town.append();
    await one.waitFor('tabs', position, PATIENCE_MS);
    const note = town.store.setProjectionStatus.bind(town.store);
    jest.spyOn(town.store, 'setProjectionStatus').mockImplementationOnce(async (status) => {
      await town.begin(two, 2);
      await note(status);
    });
    await expect(one.pause('tabs', 'moved', BY)).rejects.toThrow('under a newer lease');
    const stateOf = () => two.report().find(({ name }) => name === 'tabs')?.state;
    // It is noted all the same, so that the new process would rest after its next start.
    expect(await town.store.projectionStatus('tabs')).toMatchObject({ status: 'paused' });
    await two.resume('tabs', BY);
    expect(await town.store.projectionStatus('tabs')).toMatchObject({ status: 'running' });
    expect(await two.waitFor('tabs', await town.append(), PATIENCE_MS)).toBe(true);
    await two.pause('tabs', 'moved', BY);
    expect(stateOf()).not.toBe('live');
  });

  it('show in a process that runs none that one rests or is stuck before it answers', async () => {
    const skipped: string[] = [];
    await town.store.setProjectionStatus({
      ...{ projection: 'tabs', status: 'paused', reason: 'moved', skipped },
    });
    await town.store.setProjectionStatus({
      ...{ projection: 'totals', status: 'blocked', eventId: 'e', reason: 'broken', skipped },
    });
    const reader = await town.process();
    await reader.waitFor('tabs', { commit: 0n, prepare: 0n }, 1);
    const reports = new Map(reader.report().map((report) => [report.name, report]));
    expect(reports.get('tabs')).toMatchObject({ state: 'paused', generation: 0 });
    expect(reports.get('totals')).toMatchObject({
      state: 'blocked',
      blocked: { eventId: 'e', reason: 'broken' },
    });
  });

  it('show in a process that runs none where they are and whether they are live', async () => {
    const [worker, reader] = [await town.process(), await town.process()];
    await town.begin(worker, 1);
    const position = await town.append();
    for (const { name } of town.toys.all) await reader.waitFor(name, position, PATIENCE_MS);
    for (const report of reader.report()) {
      expect(report).toMatchObject({ state: 'live', generation: 1, position, caughtUp: true });
    }
  });

  // All signals were green, and queries with a position got 425 for as long as no worker ran.
  it('are unassigned in every process while no process holds the lease of their lane', async () => {
    const leases = createMemoryLeases(createQuickClock());
    const worker = await town.process(leases);
    await town.begin(worker, 1);
    const position = await town.append();
    expect(await worker.waitFor('tabs', position, PATIENCE_MS)).toBe(true);

    const reader = await town.process(leases);
    const stateOf = (name: string) => {
      const report = reader.report().find((each) => each.name === name);
      return report && { state: report.state, caughtUp: report.caughtUp };
    };
    const unassigned = { state: 'unassigned', caughtUp: false };
    await eventually(() => stateOf('tabs')?.state === 'unassigned');
    expect(stateOf('accounts')).toEqual(unassigned);
    expect(reader.serving('tabs')).toBeDefined();

    await leases.acquire('feed-sales', 'worker', HOUR_MS);
    await eventually(() => stateOf('tabs')?.state === 'live');
    expect(stateOf('tabs')?.caughtUp).toBe(true);
    expect(stateOf('accounts')).toEqual(unassigned);
  });
});
