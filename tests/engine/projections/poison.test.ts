import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import { hiding } from '../../support/fault-log.ts';
import {
  createWorld,
  eventually,
  expectFolded,
  type World,
  type WorldOptions,
} from '../../support/projection-world.ts';
import { createToys, toyEvent } from '../../support/toy-projections.ts';

const OPERATOR = { kind: 'operator', id: 'grace' } as const;

let world: World;
afterEach(() => world.close());

async function started(options: WorldOptions = {}): Promise<World> {
  world = createWorld(options);
  await world.engine.start();
  return world;
}

const add = (amount = 1, poison: readonly string[] = []) =>
  toyEvent('s1', 'LineAdded', { amount, poison });

const reportOf = (name: string) => {
  const report = world.engine.report().find((each) => each.name === name);
  if (!report) throw new Error(`expected a report of ${name}`);
  return report;
};

const untilBlocked = (name: string, eventId: string) =>
  eventually(() => reportOf(name).blocked?.eventId === eventId);

describe('a poison event', () => {
  it('blocks its projection, says where and why, and lets the others go on', async () => {
    await started();
    await world.append('order-s1.1', add());
    const poison = add(2, ['tabs']);
    await world.append('order-s1.2', poison);
    await world.append('order-s1.1', add());
    await world.caughtUp();
    expect(reportOf('tabs')).toMatchObject({
      state: 'blocked',
      blocked: { eventId: poison.id, reason: `tabs cannot fold ${poison.id}` },
    });
    expect(reportOf('totals')).toMatchObject({ state: 'live', blocked: undefined });
    await expectFolded(world, ['totals', 'accounts']);
    const [recorded] = await world.recorded('ProjectionBlocked');
    expect(recorded?.stream).toBe('projection-system.tabs');
    expect(recorded?.data).toMatchObject({ projection: 'tabs', eventId: poison.id });
    expect(await world.store.projectionStatus('tabs')).toMatchObject({
      status: 'blocked',
      eventId: poison.id,
    });
  });

  it('leaves everything before it written when it stands in a batch of catching up', async () => {
    world = createWorld();
    for (let i = 0; i < 10; i++) await world.append(`order-s1.${i}`, add());
    const poison = add(1, ['tabs']);
    await world.append('order-s1.1', poison, add(), add());
    await world.engine.start();
    await untilBlocked('tabs', poison.id);
    await expectFolded(world, []);
    const stored = await world.store.scan('toy_tabs__v1_g1', '', 100);
    expect(stored).toHaveLength(10);
    expect((await world.store.checkpoint('toy_tabs__v1_g1'))?.position.commit).toBe(9n);
  });

  it('is the first one when a batch holds another that shows itself earlier', async () => {
    world = createWorld();
    await world.append('order-s1.1', add());
    const poison = add(1, ['tabs']);
    await world.append('order-s1.1', poison);
    // Its type is looked up for the whole batch before anything is folded.
    await world.append('order-s1.1', toyEvent('s1', 'NeverHeardOf'));
    await world.engine.start();
    await untilBlocked('tabs', poison.id);
    expect(await world.store.scan('toy_tabs__v1_g1', '', 100)).toHaveLength(1);
  });

  it('leaves everything before it written when it comes live in a batch', async () => {
    await started();
    await world.caughtUp();
    const poison = add(1, ['totals']);
    await world.append('order-s1.1', add(1), add(2), poison, add(3));
    await untilBlocked('totals', poison.id);
    const [total] = await world.store.scan('toy_totals__v1_g1', '', 100);
    expect(total?.body).toMatchObject({ lines: 2, sum: 3 });
    await expectFolded(world, ['tabs']);
  });

  it('blocks its projection again when a retry meets it again', async () => {
    await started();
    const poison = add(1, ['tabs']);
    await world.append('order-s1.1', poison);
    await untilBlocked('tabs', poison.id);
    await world.engine.retry('tabs');
    await eventually(async () => (await world.recorded('ProjectionBlocked')).length === 2);
    expect(reportOf('tabs').state).toBe('blocked');
  });

  it('is folded by a retry once the fold was corrected', async () => {
    await started();
    const poison = add(1, ['tabs']);
    await world.append('order-s1.1', poison, add());
    await untilBlocked('tabs', poison.id);
    world.toys.cured.add(poison.id);
    await world.engine.retry('tabs');
    await eventually(() => reportOf('tabs').state === 'live');
    await world.append('order-s1.1', add());
    await world.caughtUp();
    await expectFolded(world);
    expect(reportOf('tabs').blocked).toBeUndefined();
    expect((await world.store.projectionStatus('tabs'))?.status).toBe('running');
  });

  it('is tried again by itself when it goes away before the projection is blocked', async () => {
    await started();
    const poison = add(1, ['tabs']);
    world.store.beforeCommit = async () => {
      world.toys.cured.add(poison.id);
    };
    await world.append('order-s1.1', poison);
    await world.caughtUp();
    await expectFolded(world);
    expect(world.engine.counts().get('ProjectionBlocked')).toBeUndefined();
  });

  it('is passed over by a skip, whose reason and author are recorded', async () => {
    await started();
    const poison = add(5, ['totals']);
    await world.append('order-s1.1', add(1), poison, add(2));
    await untilBlocked('totals', poison.id);
    await world.engine.skip('totals', poison.id, 'a bug of yesterday', OPERATOR);
    await eventually(() => reportOf('totals').state === 'live');
    await world.append('order-s1.1', add(3));
    await world.caughtUp();
    expect(await world.documents('totals')).toEqual(await world.expected('totals', [poison.id]));
    const [recorded] = await world.recorded('EventSkipped');
    expect(recorded).toMatchObject({
      stream: 'projection-system.totals',
      data: { projection: 'totals', eventId: poison.id, reason: 'a bug of yesterday' },
      metadata: { actor: OPERATOR },
    });
  });

  it('stays passed over in restarts, rebuilds and audits', async () => {
    await started();
    const poison = add(5, ['totals']);
    await world.append('order-s1.1', add(1), poison, add(2));
    await untilBlocked('totals', poison.id);
    await world.engine.skip('totals', poison.id, 'a bug of yesterday', OPERATOR);
    await world.caughtUp();
    await world.restart();
    await world.caughtUp();
    await world.engine.rebuild('totals', 'to see');
    await world.caughtUp();
    expect(world.collection('totals')).toBe('toy_totals__v1_g2');
    expect(await world.documents('totals')).toEqual(await world.expected('totals', [poison.id]));
    const [report] = await world.engine.audit({ projection: 'totals', heal: false });
    expect(report?.damages).toEqual([]);
  });

  // The log holds the skip; a read store that was lost, or a restored one, does not.
  it.each([1, 2])('stays skipped in fresh documents of version %i', async (version) => {
    await started();
    const poison = add(5, ['totals']);
    await world.append('order-s1.1', add(1), poison, add(2));
    await untilBlocked('totals', poison.id);
    await world.engine.skip('totals', poison.id, 'a bug of yesterday', OPERATOR);
    await world.caughtUp();
    await world.engine.stop();
    const { log } = world;
    world = await started({ log, toys: createToys({ version }) });
    await world.caughtUp();
    expect(reportOf('totals')).toMatchObject({ state: 'live', version });
    expect(await world.documents('totals')).toEqual(await world.expected('totals', [poison.id]));
  });

  it('is not skipped when the log cannot record it', async () => {
    await started();
    const poison = add(5, ['tabs']);
    await world.append('order-s1.1', poison);
    await untilBlocked('tabs', poison.id);
    await world.log.close();
    const skip = world.engine.skip('tabs', poison.id, 'lost', OPERATOR);
    await expect(skip).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(reportOf('tabs').state).toBe('blocked');
  });

  it('does not come back when two were skipped one after the other', async () => {
    await started();
    const [first, second] = [add(1, ['tabs']), add(1, ['tabs'])];
    await world.append('order-s1.1', add(), first, second, add());
    for (const { id } of [first, second]) {
      await untilBlocked('tabs', id);
      await world.engine.skip('tabs', id, 'both', OPERATOR);
    }
    await eventually(() => reportOf('tabs').state === 'live');
    await world.restart();
    await world.caughtUp();
    const skipped = [first.id, second.id];
    expect(await world.documents('tabs')).toEqual(await world.expected('tabs', skipped));
    expect(reportOf('tabs').state).toBe('live');
  });

  it('still blocks its projection after a restart', async () => {
    await started();
    const poison = add(1, ['tabs']);
    await world.append('order-s1.1', add());
    await world.caughtUp();
    await world.append('order-s1.1', poison);
    await untilBlocked('tabs', poison.id);
    await world.restart();
    await world.append('order-s1.2', add());
    await untilBlocked('tabs', poison.id);
    await world.caughtUp();
    await expectFolded(world, ['totals']);
    await world.engine.skip('tabs', poison.id, 'after the restart', OPERATOR);
    await world.caughtUp();
    await eventually(() => reportOf('tabs').state === 'live');
    expect(await world.documents('tabs')).toEqual(await world.expected('tabs', [poison.id]));
  });

  it('blocks its projection although the read store refuses to note it', async () => {
    await started();
    await world.caughtUp();
    const poison = add(1, ['tabs']);
    world.store.failNext('setProjectionStatus', 100);
    await world.append('order-s1.1', poison);
    await untilBlocked('tabs', poison.id);
    world.store.failNext('setProjectionStatus', 0);
    world.toys.cured.add(poison.id);
    await eventually(() => reportOf('tabs').state === 'blocked');
    await world.engine.retry('tabs');
    await eventually(() => reportOf('tabs').state === 'live');
    await world.caughtUp();
    await expectFolded(world);
  });

  it('blocks only its projection when it comes late, after having been dropped', async () => {
    await started();
    await world.caughtUp();
    const poison = add(1, ['tabs']);
    world.log.rewrite = hiding(({ id }) => id === poison.id);
    await world.append('order-s1.1', poison);
    await world.append('order-s1.2', add());
    await world.caughtUp();
    await world.append('order-s1.1', add());
    await untilBlocked('tabs', poison.id);
    await world.append('order-s1.2', add());
    await world.caughtUp();
    await expectFolded(world, ['totals', 'accounts']);
    world.toys.cured.add(poison.id);
    await world.engine.retry('tabs');
    await eventually(() => reportOf('tabs').state === 'live' && !reportOf('tabs').building);
    await world.caughtUp();
    await expectFolded(world);
  });
});

describe('a fold that would write into another shop', () => {
  it('blocks its projection and writes nothing there', async () => {
    const toys = createToys();
    const tabs = { ...toys.tabs, keys: () => ['s2.1'] } as Projection;
    await started({ toys, projections: [tabs, toys.totals] });
    const event = add();
    await world.append('order-s1.1', event);
    await untilBlocked('tabs', event.id);
    expect(reportOf('tabs').blocked?.reason).toContain('a key of store s1');
    expect(await world.store.scan('toy_tabs__v1_g1', '', 10)).toEqual([]);
    await world.caughtUp();
    await expectFolded(world, ['totals']);
  });
});

describe('an event that this code cannot read', () => {
  it.each([
    ['of an unknown type', toyEvent('s1', 'NeverHeardOf')],
    ['of a newer version', toyEvent('s1', 'LineAdded', {}, 2)],
  ])('%s blocks the projections of its category and no others', async (_, event) => {
    await started();
    await world.append('account-s1.1', add());
    await world.append('order-s1.1', event);
    await world.append('account-s1.1', add());
    await world.caughtUp();
    for (const name of ['tabs', 'totals']) {
      expect(reportOf(name)).toMatchObject({ state: 'blocked', blocked: { eventId: event.id } });
    }
    expect(reportOf('accounts').state).toBe('live');
    await expectFolded(world, ['accounts']);
  });

  it('of an older version is read through its upcasters', async () => {
    await started();
    const old = toyEvent('s1', 'LineRemoved', {}, 1);
    const data = { day: 'd1', minus: 4 };
    await world.append('order-s1.1', add(10), add(1), { ...old, data });
    await world.caughtUp();
    await expectFolded(world);
    const [total] = await world.store.scan(world.collection('totals'), '', 10);
    expect(total?.body).toMatchObject({ sum: 7, lines: 1 });
  });
});

describe('retry and skip', () => {
  it('are refused for a projection that is not blocked, or not there', async () => {
    await started();
    await world.caughtUp();
    await expect(world.engine.retry('tabs')).rejects.toThrow('tabs is not blocked');
    await expect(world.engine.retry('nothing')).rejects.toThrow('no projection nothing');
    await expect(world.engine.skip('tabs', 'x', 'y', OPERATOR)).rejects.toThrow('not blocked');
  });

  it('of another event than the blocking one is refused and changes nothing', async () => {
    await started();
    const poison = add(1, ['tabs']);
    await world.append('order-s1.1', poison);
    await untilBlocked('tabs', poison.id);
    const skip = world.engine.skip('tabs', 'another', 'wrong', OPERATOR);
    await expect(skip).rejects.toMatchObject({ code: 'projection_not_blocked' });
    expect(reportOf('tabs').state).toBe('blocked');
    expect(await world.recorded('EventSkipped')).toEqual([]);
  });
});
