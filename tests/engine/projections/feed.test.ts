import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { doubling } from '../../support/fault-log.ts';
import {
  createWorld,
  eventually,
  expectFolded,
  type World,
  type WorldOptions,
} from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';

const OPERATOR = { kind: 'operator', id: 'boss' } as const;

let world: World;
afterEach(() => world.close());

async function started(options: WorldOptions = {}): Promise<World> {
  world = createWorld(options);
  await world.engine.start();
  return world;
}

/** Some of everything: several stores, streams and days; tabs and totals that go and come back. */
async function appendSome(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const storeId = `s${i % 2}`;
    const stream = `order-${storeId}.${i % 5}`;
    const day = `d${i % 3}`;
    if (i % 11 === 10) await world.append(stream, toyEvent(storeId, 'TabClosed'));
    else await world.append(stream, toyEvent(storeId, 'LineAdded', { amount: i, day }));
    if (i % 4 === 0) {
      await world.append(`account-s1.${i % 3}`, toyEvent('s1', 'LineAdded', { day: 'd9' }));
      if (i % 8 === 0) {
        const again = toyEvent('s1', 'LineRemoved', { day: 'd9' });
        await world.append(`account-s1.${i % 3}`, again);
      }
    }
  }
}

describe('catching up and following', () => {
  it.each([
    { feedBatch: 1, sliceEvents: 1, commitEvents: 1 },
    { feedBatch: 3, sliceEvents: 4, commitEvents: 7 },
    { feedBatch: 200, sliceEvents: 1_000, commitEvents: 10_000 },
  ])('folds past and present alike with limits %j', async (limits) => {
    world = createWorld({ limits });
    await appendSome(40);
    await world.engine.start();
    await appendSome(40);
    await world.caughtUp();
    await expectFolded(world);
    await appendSome(25);
    await world.caughtUp();
    await expectFolded(world);
    expect([...world.engine.counts()]).toEqual([]);
  });

  it('takes several events of one append as one batch in order', async () => {
    await started();
    const events = Array.from({ length: 50 }, (_, i) => toyEvent('s1', 'LineAdded', { amount: i }));
    await world.append('order-s1.1', ...events);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('goes on where it stopped after a restart', async () => {
    await started();
    await appendSome(20);
    await world.caughtUp();
    await world.engine.stop();
    await appendSome(20);
    await world.restart();
    await world.caughtUp();
    await expectFolded(world);
    expect([...world.engine.counts()]).toEqual([]);
  });

  it('does not rebuild at a restart what had no events yet', async () => {
    await started();
    await world.caughtUp();
    await world.restart();
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    await world.caughtUp();
    await world.restart();
    await world.caughtUp();
    expect(await world.recorded('RebuildStarted')).toEqual([]);
    expect(world.collection('accounts')).toBe('toy_accounts__v1_g1');
  });

  it('lets a projection join although the feed never rests', async () => {
    await started({ limits: { feedBatch: 1 } });
    await world.caughtUp();
    // Each batch of the feed brings the next event, so that it is at work all the time.
    let left = 300;
    const more = async () => {
      left -= 1;
      if (left > 0) await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    };
    world.store.afterCommit = async ({ checkpoints }) => {
      if (checkpoints.some(({ name }) => name === 'feed')) await more();
    };
    await more();
    await world.engine.rebuild('accounts', 'to see it join');
    await eventually(() => world.engine.serving('accounts') === 'toy_accounts__v1_g2');
    expect(left).toBeGreaterThan(0);
    left = 0;
    await world.caughtUp();
    await expectFolded(world);
  });
});

describe('deliveries that are not what they should be', () => {
  it('applies each event once when each message comes twice', async () => {
    await started();
    world.log.rewrite = doubling;
    await appendSome(40);
    await world.caughtUp();
    await expectFolded(world);
    expect([...world.engine.counts()]).toEqual([]);
  });

  it.each([3, 1_000])(
    'applies each event once when a subscription begins %d positions too early',
    async (rewind) => {
      await started({ limits: { feedBatch: 1 } });
      await appendSome(40);
      await world.caughtUp();
      world.log.rewind = rewind;
      world.log.breakSubscription('error');
      await eventually(() => world.log.subscribedAfter.length > 1);
      await appendSome(10);
      await world.caughtUp();
      await expectFolded(world);
      expect([...world.engine.counts()]).toEqual([]);
    },
  );

  it('applies each event once when the first subscription after a restart begins at zero', async () => {
    await started({ limits: { feedBatch: 1 } });
    await appendSome(40);
    await world.caughtUp();
    world.log.rewind = 1_000;
    await world.restart();
    await appendSome(10);
    await world.caughtUp();
    await expectFolded(world);
    expect([...world.engine.counts()]).toEqual([]);
  });

  it.each(['error', 'end'] as const)('resubscribes after an %s and loses nothing', async (how) => {
    await started({ limits: { feedBatch: 2 } });
    for (let i = 0; i < 10; i++) {
      await appendSome(3);
      world.log.breakSubscription(how);
      await appendSome(2);
      await eventually(() => world.log.subscribedAfter.length > i + 1);
    }
    await world.caughtUp();
    await expectFolded(world);
    expect([...world.engine.counts()]).toEqual([]);
  });

  it('backs off while the subscription fails and begins at the committed position', async () => {
    const clock = createFakeClock();
    const limits = { retryInitialMs: 50, retryMaxMs: 400, stallTimeoutMs: 1_000_000 };
    await started({ clock, limits });
    const position = await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    await world.caughtUp();
    world.log.rewrite = () => {
      throw new Error('no message for you');
    };
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    for (let i = 2; i < 9; i++) {
      await clock.advance(400);
      expect(world.log.subscribedAfter.length).toBeGreaterThanOrEqual(i);
    }
    const pauses = clock.slept.filter((ms) => ms <= limits.retryMaxMs).slice(0, 7);
    for (const [i, pause] of pauses.entries()) {
      const most = Math.min(limits.retryInitialMs * 2 ** i, limits.retryMaxMs);
      expect(pause).toBeGreaterThanOrEqual(most / 2);
      expect(pause).toBeLessThanOrEqual(most);
    }
    expect(new Set(world.log.subscribedAfter.slice(1))).toEqual(new Set([position.commit]));
    world.log.rewrite = undefined;
    await clock.advance(400);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('notices a subscription that fell silent', async () => {
    const clock = createFakeClock();
    await started({ clock });
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    await world.caughtUp();
    world.log.silence();
    const position = await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    const reached = world.engine.waitFor('tabs', position, 60_000);
    await clock.advance(1_000);
    expect(world.log.subscribedAfter).toHaveLength(1);
    for (let i = 0; i < 12; i++) await clock.advance(1_000);
    expect(await reached).toBe(true);
    await expectFolded(world);
  });

  it('keeps watching for silence after a look at the log failed', async () => {
    const clock = createFakeClock();
    await started({ clock });
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    await world.caughtUp();
    world.log.silence();
    world.log.failNext('readAll');
    const position = await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    const reached = world.engine.waitFor('tabs', position, 60_000);
    for (let i = 0; i < 20; i++) await clock.advance(1_000);
    expect(await reached).toBe(true);
  });

  it('lets a quiet subscription be', async () => {
    const clock = createFakeClock();
    await started({ clock });
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded'));
    await world.caughtUp();
    for (let i = 0; i < 20; i++) await clock.advance(1_000);
    expect(world.log.subscribedAfter).toHaveLength(1);
  });
});

describe('a read store in trouble', () => {
  it('waits for a slow store and then has everything', async () => {
    await started({ limits: { feedBatch: 5 } });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    world.store.beforeCommit = () => gate;
    await appendSome(20);
    expect(await world.engine.whenCaughtUp({ timeoutMs: 1 })).toBe(false);
    open();
    await world.caughtUp();
    await expectFolded(world);
  });

  it.each(['commit', 'load', 'revisions', 'checkpoint'] as const)(
    'loses nothing and doubles nothing when %s fails again and again',
    async (method) => {
      await started({ limits: { feedBatch: 3 } });
      await appendSome(10);
      await world.caughtUp();
      for (let i = 1; i < 6; i++) {
        world.store.failNext(method, i);
        if (method !== 'commit') world.log.breakSubscription('error');
        await appendSome(7);
      }
      await world.caughtUp();
      await expectFolded(world);
    },
  );

  it.each(['ensureCollection', 'checkpoint', 'load', 'commit', 'setLiveGeneration'] as const)(
    'brings every projection up although %s fails while it joins',
    async (method) => {
      world = createWorld();
      await appendSome(10);
      if (method === 'ensureCollection') world.store.failNext(method, 5);
      await world.engine.start();
      if (method !== 'ensureCollection') world.store.failNext(method, 5);
      await world.caughtUp();
      await appendSome(10);
      await world.caughtUp();
      await expectFolded(world);
    },
  );

  it('can be started again after a start that failed', async () => {
    world = createWorld();
    await appendSome(5);
    world.store.failNext('liveGeneration');
    await expect(world.engine.start()).rejects.toThrow('fails liveGeneration');
    await world.engine.start();
    await world.caughtUp();
    await expectFolded(world);
  });

  it('doubles nothing when a commit was done but its answer got lost', async () => {
    await started({ limits: { feedBatch: 3 } });
    await appendSome(10);
    await world.caughtUp();
    world.store.loseNextAnswers(3);
    await appendSome(20);
    await world.caughtUp();
    await expectFolded(world);
  });

  describe('while the last commit is in doubt', () => {
    const RETRY_MS = 400;
    let clock: FakeClock;

    /** A commit was done, its answer got lost, and the feed rests before it looks. */
    async function untilUnsure(): Promise<void> {
      clock = createFakeClock();
      const limits = { retryInitialMs: RETRY_MS, retryMaxMs: RETRY_MS, stallTimeoutMs: 1_000_000 };
      await started({ clock, limits });
      await appendSome(10);
      await world.caughtUp();
      world.store.loseNextAnswers();
      await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 7 }));
      await eventually(() => world.lines.some(({ message }) => message.includes('feed ended')));
    }

    it('an audit takes nothing that was just written for damage', async () => {
      await untilUnsure();
      const reports = await world.engine.audit({ heal: true });
      expect(reports.flatMap(({ damages }) => damages)).toEqual([]);
      expect(await world.recorded('GapFound')).toEqual([]);
      await expectFolded(world);
      await clock.advance(2 * RETRY_MS);
      await world.caughtUp();
      await expectFolded(world);
    });

    it('a read model that left and came back is not taken for one of that commit', async () => {
      await untilUnsure();
      await world.engine.pause('tabs', 'the disk is being moved', OPERATOR);
      await world.engine.resume('tabs', OPERATOR);
      for (let i = 0; i < 10; i++) await clock.advance(RETRY_MS);
      await world.caughtUp();
      await expectFolded(world);
    });
  });
});
