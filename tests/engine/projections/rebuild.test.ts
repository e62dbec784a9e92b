import {
  createWorld,
  documentsIn,
  eventually,
  expectFolded,
  turn,
  type World,
  type WorldOptions,
} from '../../support/projection-world.ts';
import { createToys, toyEvent } from '../../support/toy-projections.ts';

let world: World;
afterEach(() => world.close());

async function started(options: WorldOptions = {}): Promise<World> {
  world = createWorld(options);
  await world.engine.start();
  return world;
}

async function appendLines(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await world.append(`order-s1.${i % 4}`, toyEvent('s1', 'LineAdded', { amount: i }));
  }
}

/** Stops the engine right after this many commits to a collection. */
function stopAfter(collection: string, commits: number): Promise<void> {
  let seen = 0;
  return new Promise((resolve, reject) => {
    world.store.afterCommit = async ({ checkpoints }) => {
      if (!checkpoints.some(({ name }) => name === collection)) return;
      seen += 1;
      if (seen === commits) world.engine.stop().then(resolve, reject);
    };
  });
}

/** The checkpoint that the next commit to a collection starts from. */
function nextStart(collection: string): () => bigint | undefined {
  let start: bigint | undefined;
  world.store.afterCommit = async ({ checkpoints }) => {
    start ??= checkpoints.find(({ name }) => name === collection)?.from?.position.commit;
  };
  return () => start;
}

describe('a rebuild', () => {
  it('answers from the old generation until the new one is complete', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5 } });
    await appendLines(30);
    await world.caughtUp();
    let held: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (held = resolve));
    world.store.beforeCommit = async ({ documents = [] }) => {
      if (documents.some(({ collection }) => collection.name.endsWith('_g2'))) await gate;
    };
    await world.engine.rebuild('totals', 'a new tax year');
    await appendLines(10);
    const position = await world.append('order-s1.9', toyEvent('s1', 'LineAdded'));
    expect(await world.engine.waitFor('totals', position, 5_000)).toBe(true);
    expect(world.collection('totals')).toBe('toy_totals__v1_g1');
    expect(await world.documents('totals')).toEqual(await world.expected('totals'));
    expect(world.engine.report().find(({ name }) => name === 'totals')).toMatchObject({
      generation: 1,
      state: 'live',
      building: { generation: 2 },
    });
    expect(await world.engine.whenCaughtUp({ timeoutMs: 1 })).toBe(false);
    held();
    await world.caughtUp();
    expect(world.collection('totals')).toBe('toy_totals__v1_g2');
    await appendLines(3);
    await world.caughtUp();
    await expectFolded(world);
  });

  it('equals the fold although writes go on all the while', async () => {
    await started({ limits: { commitEvents: 3, sliceEvents: 2, feedBatch: 2 } });
    await appendLines(40);
    await world.caughtUp();
    const writing = appendLines(60);
    for (const name of ['tabs', 'totals', 'accounts']) await world.engine.rebuild(name, 'all');
    await writing;
    await world.caughtUp();
    await expectFolded(world);
    for (const name of ['tabs', 'totals', 'accounts']) {
      expect(world.collection(name)).toBe(`toy_${name}__v1_g2`);
    }
  });

  it('is recorded when it begins and when it is switched to', async () => {
    await started();
    await appendLines(3);
    await world.caughtUp();
    await world.engine.rebuild('tabs', 'a test');
    await eventually(async () => (await world.recorded('RebuildSwitched')).length === 1);
    const [begun] = await world.recorded('RebuildStarted');
    expect(begun).toMatchObject({
      stream: 'projection-system.tabs',
      data: { projection: 'tabs', generation: 2, reason: 'a test' },
    });
    const [switched] = await world.recorded('RebuildSwitched');
    expect(switched?.data).toEqual({ projection: 'tabs', generation: 2 });
  });

  it('leaves the old documents as they are and drops them at the next start', async () => {
    await started();
    await appendLines(10);
    await world.caughtUp();
    const before = await world.documents('tabs');
    await world.engine.rebuild('tabs', 'a test');
    await world.caughtUp();
    await appendLines(10);
    await world.caughtUp();
    expect(await documentsIn(world.store, 'toy_tabs__v1_g1')).toEqual(before);
    await world.restart();
    await world.caughtUp();
    expect(await world.store.listCollections()).toEqual([
      'toy_accounts__v1_g1',
      'toy_tabs__v1_g2',
      'toy_totals__v1_g1',
    ]);
    await expectFolded(world);
  });

  it('ordered again while it runs ends in one generation that alone is fed', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5 } });
    await appendLines(40);
    await world.caughtUp();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let waiting = false;
    world.store.beforeCommit = async ({ documents = [] }) => {
      if (!documents.some(({ collection }) => collection.name === 'toy_tabs__v1_g2')) return;
      waiting = true;
      await gate;
    };
    await world.engine.rebuild('tabs', 'once');
    await eventually(() => waiting);
    await Promise.all([
      world.engine.rebuild('tabs', 'twice'),
      world.engine.rebuild('tabs', 'more'),
    ]);
    await world.caughtUp();
    release();
    // Enough for the one that was given up to read all of the log, if it still did.
    for (let i = 0; i < 100; i++) await turn();
    const fed = new Set<string>();
    world.store.afterCommit = async ({ documents = [] }) => {
      for (const { collection } of documents) fed.add(collection.name);
    };
    await appendLines(5);
    await world.caughtUp();
    expect([...fed].sort()).toEqual([world.collection('tabs'), 'toy_totals__v1_g1']);
    await expectFolded(world);
  });

  it('is gone on with after a stop, not begun again', async () => {
    await started({ limits: { commitEvents: 5, sliceEvents: 5 } });
    await appendLines(40);
    await world.caughtUp();
    const stopped = stopAfter('toy_tabs__v1_g2', 3);
    await world.engine.rebuild('tabs', 'a test');
    await stopped;
    const begun = nextStart('toy_tabs__v1_g2');
    await world.restart();
    await world.caughtUp();
    expect(begun()).toBe(14n);
    expect(world.collection('tabs')).toBe('toy_tabs__v1_g2');
    await expectFolded(world);
    expect(await world.recorded('RebuildStarted')).toHaveLength(1);
  });
});

describe('a new version of a projection', () => {
  it('builds its own documents and then answers from them', async () => {
    await started();
    await appendLines(10);
    await world.caughtUp();
    const before = await world.documents('tabs');
    await world.restart({ toys: createToys({ version: 2 }) });
    await appendLines(5);
    await world.caughtUp();
    expect(world.collection('tabs')).toBe('toy_tabs__v2_g2');
    await expectFolded(world);
    expect(await world.documents('tabs')).not.toEqual(before);
    await world.restart();
    await world.caughtUp();
    expect(await world.store.listCollections()).toEqual([
      'toy_accounts__v2_g2',
      'toy_tabs__v2_g2',
      'toy_totals__v2_g2',
    ]);
  });

  it('goes on with what was half built when it is stopped and started', async () => {
    await started();
    await appendLines(40);
    await world.caughtUp();
    const stopped = stopAfter('toy_totals__v2_g2', 2);
    const limits = { commitEvents: 5, sliceEvents: 5 };
    await world.restart({ toys: createToys({ version: 2 }), limits });
    await stopped;
    const begun = nextStart('toy_totals__v2_g2');
    await world.restart();
    await world.caughtUp();
    expect(begun()).toBe(9n);
    await expectFolded(world);
  });

  it('is refused by older code, which touches nothing', async () => {
    await started({ toys: createToys({ version: 2 }) });
    await appendLines(10);
    await world.caughtUp();
    const before = await world.documents('tabs');
    await world.engine.stop();
    await expect(world.restart({ toys: createToys({ version: 1 }) })).rejects.toThrow(
      'expected read model tabs at version 1 or older, found 2',
    );
    await world.restart({ toys: createToys({ version: 2 }) });
    await world.caughtUp();
    expect(await world.documents('tabs')).toEqual(before);
    expect(world.collection('tabs')).toBe('toy_tabs__v2_g1');
  });
});
