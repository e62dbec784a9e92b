import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { copyInto } from '../../support/fault-log.ts';
import {
  createQuickClock,
  createWorld,
  eventually,
  expectFolded,
  type World,
} from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';

let world: World;
let original: EventLog;
beforeEach(async () => {
  original = emptyLog();
  world = createWorld({ log: original, limits: { feedBatch: 3, commitEvents: 5, sliceEvents: 5 } });
  await world.engine.start();
  await appendMixed('a', 20);
  await world.caughtUp();
});
afterEach(() => world.close());

const emptyLog = () => createMemoryEventLog({ clock: createQuickClock(), ids: systemIds });

async function appendMixed(prefix: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const stream = `order-s1.${prefix}${i % 4}`;
    await world.append(stream, toyEvent('s1', 'LineAdded', { amount: i }));
    await world.append(`account-s2.${prefix}${i % 2}`, toyEvent('s2', 'LineAdded'));
  }
}

async function expectAllRebuilt(): Promise<void> {
  await world.caughtUp();
  await eventually(() =>
    world.engine.report().every(({ generation, building }) => generation > 1 && !building),
  );
  await world.caughtUp();
  await expectFolded(world);
  const begun = await world.recorded('RebuildStarted');
  expect(new Set(begun.map(({ stream }) => stream))).toEqual(
    new Set(['tabs', 'totals', 'accounts'].map((name) => `projection-system.${name}`)),
  );
  expect(world.lines.some(({ level }) => level === 'error')).toBe(true);
}

describe('an older copy of the log', () => {
  it('put back while stopped makes everything be built again', async () => {
    await world.engine.stop();
    world.log.replace(await copyInto(emptyLog(), original, 10));
    await world.restart();
    await expectAllRebuilt();
  });

  it('put back while stopped and continued otherwise is noticed too', async () => {
    await world.engine.stop();
    world.log.replace(await copyInto(emptyLog(), original, 10));
    await appendMixed('b', 40);
    await world.restart();
    await expectAllRebuilt();
    await appendMixed('b', 10);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('put back while the feed resubscribes makes everything be built again', async () => {
    world.log.replace(await copyInto(emptyLog(), original, 10));
    world.log.breakSubscription('error');
    await expectAllRebuilt();
    await appendMixed('b', 10);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('put back and continued while the feed resubscribes is noticed too', async () => {
    const copy = await copyInto(emptyLog(), original, 10);
    world.log.replace(copy);
    await appendMixed('b', 40);
    world.log.breakSubscription('end');
    await expectAllRebuilt();
    await appendMixed('b', 10);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('put back while the store is in trouble is still followed by a rebuild', async () => {
    world.log.replace(await copyInto(emptyLog(), original, 10));
    for (const method of ['resetCheckpoint', 'commit', 'dropCollection', 'checkpoint'] as const) {
      world.store.failNext(method, 3);
    }
    world.log.breakSubscription('error');
    await expectAllRebuilt();
  });

  it('put back while a rebuild is going on leaves nothing of the other log behind', async () => {
    let held: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (held = resolve));
    let waiting = false;
    world.store.beforeCommit = async ({ documents = [] }) => {
      if (!documents.some(({ collection }) => collection.name === 'toy_totals__v1_g2')) return;
      waiting = true;
      await gate;
    };
    await world.engine.rebuild('totals', 'before the log changes');
    await eventually(() => waiting);
    world.log.replace(await copyInto(emptyLog(), original, 10));
    await appendMixed('b', 10);
    world.log.breakSubscription('error');
    held();
    await expectAllRebuilt();
    await appendMixed('b', 5);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('that holds all that a read model had followed does not disturb it', async () => {
    await world.append('order-s1.z', toyEvent('s1', 'LineAdded'));
    await world.caughtUp();
    await world.engine.stop();
    // Only the last event is missing, which accounts never followed.
    world.log.replace(await copyInto(emptyLog(), original, 40));
    await world.restart();
    await world.caughtUp();
    await expectFolded(world);
    expect(world.collection('accounts')).toBe('toy_accounts__v1_g1');
    expect(world.collection('tabs')).toBe('toy_tabs__v1_g2');
  });
});

describe('a log of another id', () => {
  it('makes everything be built again although it holds the same events', async () => {
    await world.engine.stop();
    const other = emptyLog();
    const copy = await copyInto(other, original, 100);
    world.log.replace({ ...copy, logId: () => other.logId() });
    await world.restart();
    await expectAllRebuilt();
  });

  it('that is empty leaves no documents', async () => {
    world.log.replace(emptyLog());
    world.log.breakSubscription('error');
    await expectAllRebuilt();
    for (const name of ['tabs', 'totals', 'accounts']) {
      expect(await world.documents(name)).toEqual({});
    }
  });
});
