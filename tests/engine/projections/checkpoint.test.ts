import { comparePositions, START } from '../../../src/domain/kernel/position.ts';
import type { ReadStoreCommit } from '../../../src/ports/read-store.ts';
import {
  createWorld,
  documentsIn,
  foldPlainly,
  type World,
  type WorldOptions,
} from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';

let world: World;
afterEach(() => world.close());

async function started(options: WorldOptions = {}): Promise<void> {
  world = createWorld(options);
  await world.engine.start();
}

/** After each commit: the documents are the fold up to the checkpoint, which never goes back. */
async function checkCommit({ checkpoints }: ReadStoreCommit): Promise<void> {
  for (const { name, from, to } of checkpoints) {
    expect(comparePositions(to.position, from?.position ?? START)).toBeGreaterThanOrEqual(0);
    const projection = world.toys.all.find(({ collection }) =>
      name.startsWith(`${collection.replace('-', '_')}__`),
    );
    if (!projection) continue;
    const events = await world.events();
    expect(events.find(({ id }) => id === to.eventId)?.position).toEqual(to.position);
    const expected = foldPlainly(projection, events, [], to.position);
    expect(await documentsIn(world.store, name)).toEqual(expected);
  }
}

describe('checkpoints', () => {
  it('are written with exactly the documents that they speak of', async () => {
    world = createWorld({ limits: { feedBatch: 2, commitEvents: 3, sliceEvents: 2 } });
    const failures: unknown[] = [];
    let checked = 0;
    world.store.afterCommit = async (commit) => {
      checked += 1;
      await checkCommit(commit).catch((error: unknown) => failures.push(error));
    };
    for (let i = 0; i < 10; i++) {
      await world.append(`order-s1.${i % 3}`, toyEvent('s1', 'LineAdded', { amount: i }));
    }
    await world.engine.start();
    for (let i = 0; i < 20; i++) {
      await world.append(`order-s1.${i % 3}`, toyEvent('s1', 'LineAdded', { amount: i }));
      await world.append(`account-s2.${i % 2}`, toyEvent('s2', 'LineAdded'));
      if (i % 7 === 0) world.store.failNext('commit', 2);
      if (i % 5 === 0) world.log.breakSubscription('error');
    }
    await world.caughtUp();
    expect(failures).toEqual([]);
    expect(checked).toBeGreaterThan(20);
  });

  it('move where nothing came, so that the next start does not look there again', async () => {
    world = createWorld();
    let last = START;
    for (let i = 0; i < 10; i++)
      last = await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    await world.engine.start();
    await world.caughtUp();
    const quiet = world.collection('accounts');
    const event = await world.log.readAt(last);
    expect(await world.store.checkpoint(quiet)).toMatchObject({
      position: last,
      eventId: event?.id,
    });
    expect(await documentsIn(world.store, quiet)).toEqual({});
    await world.append('account-s1.1', toyEvent('s1', 'LineAdded', { amount: 5 }));
    await world.restart();
    await world.caughtUp();
    expect(await world.documents('accounts')).toEqual(await world.expected('accounts'));
  });

  it('name the log, the position and the event that they were made at', async () => {
    await started();
    const event = toyEvent('s1', 'LineAdded');
    const position = await world.append('order-s1.1', event);
    await world.caughtUp();
    const checkpoint = { logId: await world.log.logId(), position, eventId: event.id };
    expect(await world.store.checkpoint('toy_tabs__v1_g1')).toEqual(checkpoint);
    expect(await world.store.checkpoint('feed')).toEqual({
      ...checkpoint,
      members: ['toy_tabs__v1_g1', 'toy_totals__v1_g1', 'toy_accounts__v1_g1'],
    });
  });
});

describe('waiting for a position', () => {
  it('says true as soon as the read model has it, and the answer holds the event', async () => {
    await started();
    for (let i = 0; i < 5; i++) {
      const position = await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
      expect(await world.engine.waitFor('tabs', position, 5_000)).toBe(true);
      const tabs = world.store.forStore('s1');
      const tab = await tabs.get<{ lines: number }>(world.collection('tabs'), 's1.1');
      expect(tab?.body.lines).toBe(i + 1);
    }
  });

  it('says false when the time is over', async () => {
    await started();
    const position = await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    const beyond = { commit: position.commit + 1n, prepare: position.prepare + 1n };
    expect(await world.engine.waitFor('tabs', beyond, 5)).toBe(false);
    expect(await world.engine.waitFor('tabs', position, 5_000)).toBe(true);
  });

  it('is satisfied by events that no projection follows', async () => {
    await started();
    await world.caughtUp();
    const position = await world.append('webhook-s1.1', toyEvent('s1', 'Anything'));
    for (const { name } of world.toys.all) {
      expect(await world.engine.waitFor(name, position, 5_000)).toBe(true);
    }
    expect(await world.store.checkpoint('toy_tabs__v1_g1')).toBeUndefined();
  });

  it('is satisfied by foreign events before any of its own after a restart', async () => {
    await started();
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    const position = await world.append('webhook-s1.1', toyEvent('s1', 'Anything'));
    await world.caughtUp();
    await world.restart();
    expect(await world.engine.waitFor('accounts', position, 5_000)).toBe(true);
  });

  it('of a projection that does not exist is refused', async () => {
    await started();
    await expect(async () => world.engine.waitFor('nothing', START, 1)).rejects.toThrow(
      'there is no projection nothing',
    );
  });
});
