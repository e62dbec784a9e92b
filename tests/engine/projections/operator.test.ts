import { jest } from '@jest/globals';

import {
  createWorld,
  documentsIn,
  eventually,
  expectFolded,
  type World,
  type WorldOptions,
} from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';

const OPERATOR = { kind: 'operator', id: 'boss' } as const;
const ALL = ['tabs', 'totals', 'accounts'] as const;

let world: World;
afterEach(() => world.close());

async function started(options: WorldOptions = {}): Promise<void> {
  world = createWorld(options);
  await world.engine.start();
  await appendLines(20);
  await world.caughtUp();
}

async function appendLines(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await world.append(`order-s1.${i % 4}`, toyEvent('s1', 'LineAdded', { amount: i }));
    await world.append(`account-s1.${i % 3}`, toyEvent('s1', 'LineAdded', { amount: i }));
  }
}

const reportOf = (name: string) => world.engine.report().find((report) => report.name === name);

/** Holds every commit to collections of a generation back until it is let go. */
function hold(suffix: string): { readonly held: Set<string>; letGo: () => void } {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const held = new Set<string>();
  world.store.beforeCommit = async ({ documents = [] }) => {
    for (const { collection } of documents) {
      if (!collection.name.endsWith(suffix)) continue;
      held.add(collection.name);
      await gate;
    }
  };
  return { held, letGo: () => letGo() };
}

/** Begins something right before the next status is noted, and lets it come as far as it can. */
function beforeNoting(begin: () => Promise<void>): void {
  const note = world.store.setProjectionStatus.bind(world.store);
  jest.spyOn(world.store, 'setProjectionStatus').mockImplementationOnce(async (status) => {
    void begin();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    await note(status);
  });
}

describe('a paused projection', () => {
  it('rests where it is while the others go on, and catches up when it is resumed', async () => {
    await started();
    const before = await world.documents('tabs');
    await world.engine.pause('tabs', 'the disk is being moved', OPERATOR);
    const position = await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 7 }));
    expect(await world.engine.waitFor('totals', position, 5_000)).toBe(true);
    expect(await world.engine.waitFor('tabs', position, 1)).toBe(false);
    expect(reportOf('tabs')?.state).toBe('paused');
    expect(await world.documents('tabs')).toEqual(before);
    // It is known to be paused: no caller waits for it to catch up.
    await world.caughtUp();
    await world.engine.resume('tabs', OPERATOR);
    expect(await world.engine.waitFor('tabs', position, 5_000)).toBe(true);
    await expectFolded(world);
  });

  it('stays so over a restart', async () => {
    await started();
    const seen = await world.append('order-s1.0', toyEvent('s1', 'LineAdded', { amount: 7 }));
    await world.caughtUp();
    await world.engine.pause('tabs', 'the disk is being moved', OPERATOR);
    const before = await world.documents('tabs');
    await world.restart();
    await appendLines(5);
    await world.caughtUp();
    expect(reportOf('tabs')).toMatchObject({ state: 'paused', position: seen });
    // Who names the position of a write that it has seen is answered.
    expect(await world.engine.waitFor('tabs', seen, 0)).toBe(true);
    expect(await world.documents('tabs')).toEqual(before);
    await world.engine.resume('tabs', OPERATOR);
    await eventually(() => reportOf('tabs')?.state === 'live');
    await world.caughtUp();
    await world.restart();
    await world.caughtUp();
    expect(reportOf('tabs')?.state).toBe('live');
    await expectFolded(world);
  });

  it('is recorded with who and why, and a second order changes nothing', async () => {
    await started();
    await world.engine.pause('tabs', 'moving', OPERATOR);
    await world.engine.pause('tabs', 'again', OPERATOR);
    await world.engine.resume('tabs', OPERATOR);
    const [paused, ...more] = await world.recorded('ProjectionPaused');
    expect(more).toEqual([]);
    expect(paused?.data).toEqual({ projection: 'tabs', reason: 'moving' });
    expect(paused?.metadata.actor).toEqual(OPERATOR);
    expect(await world.recorded('ProjectionResumed')).toHaveLength(1);
    const resumed = world.engine.resume('tabs', OPERATOR);
    await expect(resumed).rejects.toMatchObject({ code: 'projection_not_paused' });
    await expect(world.engine.pause('nothing', 'x', OPERATOR)).rejects.toThrow('no projection');
  });

  it('that was blocked is blocked again by the same event once it goes on', async () => {
    await started();
    const poison = toyEvent('s1', 'LineAdded', { amount: 1, poison: ['tabs'] });
    await world.append('order-s1.1', poison);
    await eventually(() => reportOf('tabs')?.state === 'blocked');
    await world.engine.pause('tabs', 'later', OPERATOR);
    await eventually(() => reportOf('tabs')?.state === 'paused');
    await world.engine.resume('tabs', OPERATOR);
    await eventually(() => reportOf('tabs')?.state === 'blocked');
    expect(reportOf('tabs')?.blocked?.eventId).toBe(poison.id);
  });
});

describe('an order to rest', () => {
  it('stands when its read model is stopped by an event at that moment', async () => {
    await started();
    let pause: Promise<void> | undefined;
    beforeNoting(() => (pause = world.engine.pause('tabs', 'moving', OPERATOR)));
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 1, poison: ['tabs'] }));
    await eventually(() => pause !== undefined);
    await pause;
    await eventually(() => reportOf('tabs')?.state === 'paused');
    await world.restart();
    expect(await world.store.projectionStatus('tabs')).toMatchObject({ status: 'paused' });
    await eventually(() => reportOf('tabs')?.state === 'paused');
  });
});

describe('a rebuild that is given up', () => {
  it('leaves what answers as it is, drops what was built, and lets another be ordered', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5 } });
    const { held, letGo } = hold('tabs__v1_g2');
    await world.engine.rebuild('tabs', 'a test');
    await eventually(() => held.size === 1);
    const cancelled = world.engine.cancelRebuild('tabs', OPERATOR);
    letGo();
    await cancelled;
    expect(world.collection('tabs')).toBe('toy_tabs__v1_g1');
    expect(reportOf('tabs')).toMatchObject({ state: 'live', generation: 1, building: undefined });
    expect(await world.store.listCollections()).not.toContain('toy_tabs__v1_g2');
    const [record] = await world.recorded('RebuildCancelled');
    expect(record).toMatchObject({
      data: { projection: 'tabs', generation: 2 },
      metadata: { actor: OPERATOR },
    });
    await appendLines(3);
    await world.restart();
    await world.caughtUp();
    expect(world.collection('tabs')).toBe('toy_tabs__v1_g1');
    await world.engine.rebuild('tabs', 'once more');
    await eventually(() => world.collection('tabs') === 'toy_tabs__v1_g2');
    await world.caughtUp();
    await expectFolded(world);
  });

  it('is refused when there is none', async () => {
    await started();
    const refused = { code: 'projection_not_building' };
    await expect(world.engine.cancelRebuild('tabs', OPERATOR)).rejects.toMatchObject(refused);
    await world.engine.rebuild('tabs', 'a test');
    await eventually(() => world.collection('tabs') === 'toy_tabs__v1_g2');
    await expect(world.engine.cancelRebuild('tabs', OPERATOR)).rejects.toMatchObject(refused);
  });

  it('gives up one that still waits for its turn without waiting itself', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5, maxConcurrentRebuilds: 1 } });
    const { held, letGo } = hold('_g2');
    for (const name of ALL) await world.engine.rebuild(name, 'all');
    await eventually(() => held.size === 1);
    expect(reportOf('accounts')?.building?.state).toBe('waiting');
    await world.engine.cancelRebuild('accounts', OPERATOR);
    letGo();
    await world.caughtUp();
    expect(ALL.map((name) => reportOf(name)?.generation)).toEqual([2, 2, 1]);
    await expectFolded(world);
  });
});

/** Does something in the midst of the next order to rebuild, once its collection is there. */
function meanwhile(what: () => Promise<void>): void {
  const ensure = world.store.ensureCollection.bind(world.store);
  jest.spyOn(world.store, 'ensureCollection').mockImplementationOnce(async (spec) => {
    await ensure(spec);
    await what();
  });
}

describe('an order to rebuild', () => {
  it('leaves what began to answer in the meantime at work when it is given up', async () => {
    world = createWorld({ limits: { commitEvents: 5, sliceEvents: 5 } });
    await appendLines(20);
    const first = hold('tabs__v1_g1');
    await world.engine.start();
    await eventually(() => first.held.size === 1);
    meanwhile(async () => {
      first.letGo();
      await eventually(() => reportOf('tabs')?.state === 'live');
    });
    const second = hold('tabs__v1_g2');
    await world.engine.rebuild('tabs', 'a test');
    await eventually(() => second.held.size === 1);
    const cancelled = world.engine.cancelRebuild('tabs', OPERATOR);
    second.letGo();
    await cancelled;
    await appendLines(3);
    await world.caughtUp();
    expect(reportOf('tabs')).toMatchObject({ state: 'live', generation: 1 });
    await expectFolded(world);
  });

  it('makes a paused one when its read model was paused in the meantime', async () => {
    await started();
    meanwhile(() => world.engine.pause('tabs', 'moving', OPERATOR));
    await world.engine.rebuild('tabs', 'a test');
    await eventually(() => reportOf('tabs')?.building?.state === 'paused');
    await world.engine.resume('tabs', OPERATOR);
    await eventually(() => world.collection('tabs') === 'toy_tabs__v1_g2');
    await world.caughtUp();
    await expectFolded(world);
  });
});

describe('an order to go on', () => {
  it('is for a generation as well that is ordered in the meantime', async () => {
    await started();
    await world.engine.pause('tabs', 'moving', OPERATOR);
    let rebuild: Promise<void> | undefined;
    beforeNoting(() => (rebuild = world.engine.rebuild('tabs', 'a test')));
    await world.engine.resume('tabs', OPERATOR);
    await rebuild;
    await eventually(() => world.collection('tabs') === 'toy_tabs__v1_g2');
    await world.caughtUp();
    await expectFolded(world);
  });
});

describe('several rebuilds at once', () => {
  it('go on no more than so many at a time, and all come to their end', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5, maxConcurrentRebuilds: 2 } });
    const { held, letGo } = hold('_g2');
    for (const name of ALL) await world.engine.rebuild(name, 'all');
    await eventually(() => held.size === 2);
    const states = ALL.map((name) => reportOf(name)?.building?.state);
    expect(states).toEqual(['catching-up', 'catching-up', 'waiting']);
    letGo();
    await world.caughtUp();
    expect(ALL.map((name) => world.collection(name))).toEqual(
      ALL.map((name) => `toy_${name}__v1_g2`),
    );
    await expectFolded(world);
  });

  it('do not wait for one that is paused', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5, maxConcurrentRebuilds: 1 } });
    const { held, letGo } = hold('_g2');
    await world.engine.rebuild('tabs', 'first');
    await eventually(() => held.size === 1);
    await world.engine.rebuild('totals', 'second');
    const paused = world.engine.pause('tabs', 'later', OPERATOR);
    letGo();
    await paused;
    await eventually(() => world.collection('totals') === 'toy_totals__v1_g2');
    const half = await documentsIn(world.store, 'toy_tabs__v1_g2');
    expect(world.collection('tabs')).toBe('toy_tabs__v1_g1');
    await appendLines(1);
    await world.caughtUp();
    expect(await documentsIn(world.store, 'toy_tabs__v1_g2')).toEqual(half);
    await world.engine.resume('tabs', OPERATOR);
    await eventually(() => world.collection('tabs') === 'toy_tabs__v1_g2');
    await world.caughtUp();
    await expectFolded(world);
  });

  it('do not wait for one that was paused before its turn came', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5, maxConcurrentRebuilds: 1 } });
    const { held, letGo } = hold('_g2');
    for (const name of ALL) await world.engine.rebuild(name, 'all');
    await eventually(() => held.size === 1);
    expect(reportOf('totals')?.building?.state).toBe('waiting');
    await world.engine.pause('totals', 'later', OPERATOR);
    letGo();
    await eventually(() => world.collection('accounts') === 'toy_accounts__v1_g2');
    expect(world.collection('totals')).toBe('toy_totals__v1_g1');
    await world.engine.resume('totals', OPERATOR);
    await eventually(() => world.collection('totals') === 'toy_totals__v1_g2');
    await world.caughtUp();
    await expectFolded(world);
  });
});

describe('an audit of a sample', () => {
  it('compares as many streams as asked for, and finds what is wrong among them', async () => {
    await started();
    const [some] = await world.engine.audit({ projection: 'tabs', heal: false, sample: 2 });
    expect(some?.documents).toBe(2);
    const name = world.collection('tabs');
    const stored = await world.store.scan(name, '', 10);
    const writes = stored.map((document) => ({ ...document, epoch: 9, body: { sum: -1 } }));
    await world.store.commit({
      documents: [{ collection: { name, indexes: [] }, writes }],
      checkpoints: [],
    });
    const [report] = await world.engine.audit({ projection: 'tabs', heal: false, sample: 3 });
    expect(report?.damages).toHaveLength(3);
    const [healed] = await world.engine.audit({ projection: 'tabs', heal: true, sample: 100 });
    expect(healed?.damages).toHaveLength(stored.length);
    await expectFolded(world);
  });
});
