import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import {
  createQuickClock,
  createWorld,
  documentsIn,
  expectFolded,
  turn,
  type World,
} from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';
import { overwrite, stored } from './damage.ts';

/** The document of each kind of read model that is damaged by hand. */
const VICTIMS = [
  { projection: 'tabs', key: 's1.1', of: 'one stream' },
  { projection: 'totals', key: 's1.d1', of: 'many streams' },
] as const;

let world: World;
beforeEach(async () => {
  world = createWorld({ limits: { sliceEvents: 7, feedBatch: 3 } });
  await world.engine.start();
  await appendLines(10);
  await world.caughtUp();
});
afterEach(() => world.close());

async function appendLines(count: number, storeId = 's1'): Promise<void> {
  for (let i = 0; i < count; i++) {
    await world.append(`order-${storeId}.${i % 30}`, toyEvent(storeId, 'LineAdded', { amount: i }));
    await turn();
  }
}

/** Audits and heals while events keep coming in for another shop. */
async function auditUnderLoad(projection: string) {
  const writing = appendLines(60, 's2');
  const [report] = await world.engine.audit({ projection, heal: true });
  await writing;
  await world.caughtUp();
  if (!report) throw new Error('expected a report of the audit');
  return report;
}

async function expectHealed(projection: string, key: string, kind: string): Promise<void> {
  const report = await auditUnderLoad(projection);
  expect(report.damages).toMatchObject([{ key, kind }]);
  await expectFolded(world);
  expect(world.engine.counts().get('GapFound')).toBe(1);
  expect(world.engine.counts().get('GapHealed')).toBe(1);
  for (const type of ['GapFound', 'GapHealed']) {
    const [recorded] = await world.recorded(type);
    expect(recorded?.stream).toBe(`projection-system.${projection}`);
    expect(recorded?.data).toMatchObject({ projection, key, kind });
  }
  const [again] = await world.engine.audit({ projection, heal: false });
  expect(again?.damages).toEqual([]);
}

describe('an audit', () => {
  it('finds nothing wrong in sound documents while events keep coming in', async () => {
    const writing = appendLines(60);
    const reports = await world.engine.audit({ heal: true });
    await writing;
    expect(reports.map(({ projection, damages }) => ({ projection, damages }))).toEqual([
      { projection: 'tabs', damages: [] },
      { projection: 'totals', damages: [] },
      { projection: 'accounts', damages: [] },
    ]);
    expect([...world.engine.counts()]).toEqual([]);
  });

  it.each(VICTIMS)('finds and heals a deleted document of $of', async ({ projection, key }) => {
    const document = await stored(world, projection, key);
    await overwrite(world, projection, [{ ...document, body: undefined }]);
    await expectHealed(projection, key, 'missing');
  });

  it.each(VICTIMS)('finds and heals a document of $of rolled back', async ({ projection, key }) => {
    const older = await stored(world, projection, key);
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 50 }));
    await world.caughtUp();
    await overwrite(world, projection, [older]);
    await expectHealed(projection, key, 'different');
  });

  it.each(VICTIMS)(
    'finds and heals a document of $of that was rolled back and then fed on',
    async ({ projection, key }) => {
      const older = await stored(world, projection, key);
      await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 50 }));
      await world.caughtUp();
      await overwrite(world, projection, [older]);
      await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 60 }));
      await world.caughtUp();
      expect(await world.documents(projection)).not.toEqual(await world.expected(projection));
      await expectHealed(projection, key, 'different');
    },
  );

  it.each(VICTIMS)('finds and heals one changed field of $of', async ({ projection, key }) => {
    const document = await stored(world, projection, key);
    const body = { ...(document.body as object), sum: 1_000_000 };
    await overwrite(world, projection, [{ ...document, body }]);
    const [before] = await world.engine.audit({ projection, heal: false });
    expect(before?.damages).toEqual([
      {
        key,
        kind: 'different',
        differences: [
          { field: 'sum', expected: (document.body as { sum: number }).sum, found: 1_000_000 },
        ],
      },
    ]);
    expect(await stored(world, projection, key)).toMatchObject({ body: { sum: 1_000_000 } });
    await auditUnderLoad(projection);
    await expectFolded(world);
    expect(world.engine.counts().get('GapHealed')).toBe(1);
    expect((await stored(world, projection, key)).epoch).toBe(document.epoch + 1);
  });

  it.each(VICTIMS)('finds and heals a field too many of $of', async ({ projection, key }) => {
    const document = await stored(world, projection, key);
    const body = { ...(document.body as object), bonus: 1 };
    await overwrite(world, projection, [{ ...document, body }]);
    await expectHealed(projection, key, 'different');
  });

  it.each(VICTIMS)('finds and heals a document of $of in the wrong shop', async (victim) => {
    const { projection, key } = victim;
    const document = await stored(world, projection, key);
    await overwrite(world, projection, [{ ...document, body: undefined }]);
    await overwrite(world, projection, [{ ...document, storeId: 's2' }]);
    await expectHealed(projection, key, 'different');
    const seen = await world.store.forStore('s2').get(world.collection(projection), key);
    expect(seen).toBeUndefined();
  });

  it.each([
    { projection: 'tabs', key: 's9.77', of: 'one stream that does not exist' },
    { projection: 'totals', key: 's1.d99', of: 'many streams' },
  ])('finds and removes an extra document of $of', async ({ projection, key }) => {
    const model = await stored(world, projection, projection === 'tabs' ? 's1.1' : 's1.d1');
    const extra = { ...model, key, storeId: key.slice(0, 2) };
    await overwrite(world, projection, [extra]);
    await expectHealed(projection, key, 'extra');
  });

  it('finds and removes a document whose events had deleted it', async () => {
    const before = await stored(world, 'tabs', 's1.1');
    await world.append('order-s1.1', toyEvent('s1', 'TabClosed'));
    await world.caughtUp();
    await overwrite(world, 'tabs', [before]);
    const [report] = await world.engine.audit({ projection: 'tabs', heal: true });
    expect(report?.damages).toEqual([{ key: 's1.1', kind: 'extra', differences: [] }]);
    await expectFolded(world);
  });

  it('heals many damages of all read models at once', async () => {
    await appendLines(60);
    await world.caughtUp();
    const damaged = [];
    for (let i = 0; i < 30; i++) {
      const document = await stored(world, 'tabs', `s1.${i}`);
      damaged.push({ ...document, body: i % 2 ? undefined : { sum: i } });
    }
    await overwrite(world, 'tabs', damaged);
    await overwrite(world, 'totals', [
      { ...(await stored(world, 'totals', 's1.d1')), body: undefined },
    ]);
    const reports = await world.engine.audit({ heal: true });
    expect(reports.map(({ damages }) => damages.length)).toEqual([30, 1, 0]);
    await expectFolded(world);
    expect(await world.recorded('GapHealed')).toHaveLength(31);
  });

  it('of one document compares and heals that one alone', async () => {
    for (const { projection, key } of VICTIMS) {
      const victim = await stored(world, projection, key);
      await overwrite(world, projection, [{ ...victim, body: { sum: -1 } }]);
    }
    const other = await stored(world, 'tabs', 's1.2');
    await overwrite(world, 'tabs', [{ ...other, body: { sum: -2 } }]);
    for (const { projection, key } of VICTIMS) {
      const [report] = await world.engine.audit({ projection, key, heal: true });
      expect(report).toMatchObject({ documents: 1, damages: [{ key, kind: 'different' }] });
      const [again] = await world.engine.audit({ projection, key, heal: false });
      expect(again?.damages).toEqual([]);
    }
    expect(await stored(world, 'tabs', 's1.2')).toMatchObject({ body: { sum: -2 } });
  });

  it('of one document finds one that no event makes', async () => {
    const model = await stored(world, 'totals', 's1.d1');
    await overwrite(world, 'totals', [{ ...model, key: 's1.d9' }]);
    const [report] = await world.engine.audit({ projection: 'totals', key: 's1.d9', heal: true });
    expect(report).toMatchObject({ documents: 0, damages: [{ key: 's1.d9', kind: 'extra' }] });
    await expectFolded(world);
  });

  it('finds documents of days that went away and came back as sound as they are', async () => {
    for (let i = 0; i < 5; i++) {
      await world.append('order-s1.50', toyEvent('s1', 'LineAdded', { day: 'd5', amount: 5 }));
      await world.append('order-s1.50', toyEvent('s1', 'LineRemoved', { day: 'd5', amount: 5 }));
    }
    await world.append('order-s1.50', toyEvent('s1', 'LineAdded', { day: 'd5', amount: 7 }));
    await world.append('order-s1.51', toyEvent('s1', 'LineAdded'), toyEvent('s1', 'TabClosed'));
    await world.caughtUp();
    const reports = await world.engine.audit({ heal: true });
    expect(reports.flatMap(({ damages }) => damages)).toEqual([]);
  });

  it('reads the log once, however many documents there are', async () => {
    await appendLines(90);
    await world.caughtUp();
    const pages = Math.ceil((await world.events()).length / 7);
    world.log.readAlls = 0;
    world.log.readStreams = 0;
    const reports = await world.engine.audit({ heal: true });
    expect(reports.map(({ documents }) => documents)).toEqual([30, 1, 0]);
    expect(world.log.readAlls).toBeLessThanOrEqual(3 * (pages + 1));
    expect(world.log.readStreams).toBe(0);
  });

  it('reports its progress', async () => {
    const seen: unknown[] = [];
    const audit = world.engine.audit({ projection: 'tabs', heal: false });
    let over = false;
    void audit.then(() => {
      over = true;
    });
    while (!over) {
      const [tabs] = world.engine.report();
      if (tabs?.audited) seen.push(tabs.audited);
      await turn();
    }
    expect(seen).toContainEqual({
      position: { commit: 6n, prepare: 6n },
      upTo: { commit: 9n, prepare: 9n },
    });
    expect(world.engine.report()[0]?.audited).toBeUndefined();
  });

  it('rests in proportion to its work when it has a share of the time', async () => {
    const slept: number[] = [];
    const clock = createQuickClock();
    let now = 0;
    const slow = createWorld({
      limits: { sliceEvents: 2 },
      clock: {
        // Every look at the clock takes 3 ms.
        now: () => (now += 3),
        sleep: (ms, signal) => {
          slept.push(ms);
          return clock.sleep(Math.min(ms, 1), signal);
        },
      },
    });
    await slow.engine.start();
    await slow.append(
      'order-s1.1',
      ...Array.from({ length: 6 }, () => toyEvent('s1', 'LineAdded')),
    );
    await slow.caughtUp();
    slept.length = 0;
    await slow.engine.audit({ projection: 'tabs', heal: false, share: 0.1 });
    await slow.close();
    expect(slept.filter((ms) => ms === 27).length).toBeGreaterThanOrEqual(2);
  });

  it.each(['tabs', 'totals'])(
    'of %s that is stopped half way repairs nothing',
    async (projection) => {
      await appendLines(60);
      await world.caughtUp();
      const before = await world.documents(projection);
      const collection = world.collection(projection);
      const audit = world.engine.audit({ projection, heal: true });
      const refused = expect(audit).rejects.toThrow(/the audit of \w+ ended early/);
      await turn();
      await world.engine.stop();
      await refused;
      expect(await documentsIn(world.store, collection)).toEqual(before);
      expect(world.engine.counts().get('GapFound')).toBeUndefined();
    },
  );

  it('finds an extra document whose key says nothing that it could be about', async () => {
    const days: Projection = {
      ...world.toys.totals,
      recordedFrom: (key) => (key === 's1.d1' ? '2025-01-01T00:00:00.000Z' : undefined),
    };
    await world.restart({ projections: [days] });
    await world.caughtUp();
    const model = await stored(world, 'totals', 's1.d1');
    await overwrite(world, 'totals', [{ ...model, key: 's1.nonsense' }]);
    const [report] = await world.engine.audit({ projection: 'totals', heal: true });
    expect(report?.damages).toMatchObject([{ key: 's1.nonsense', kind: 'extra' }]);
  });

  it('of a read model that is not there is refused', async () => {
    const audit = world.engine.audit({ projection: 'nothing', heal: false });
    await expect(audit).rejects.toThrow('there is no projection nothing');
  });
});

describe('a damaged document that the next event meets', () => {
  it('is repaired when the fold fails on it', async () => {
    const document = await stored(world, 'tabs', 's1.1');
    await overwrite(world, 'tabs', [{ ...document, body: undefined }]);
    // A tab that is not there cannot give back a line: the event looks poisonous.
    await world.append('order-s1.1', toyEvent('s1', 'LineRemoved', { amount: 1 }));
    await world.append('order-s1.1', toyEvent('s1', 'LineAdded', { amount: 2 }));
    await world.caughtUp();
    await expectFolded(world);
    expect(world.engine.counts().get('ProjectionBlocked')).toBeUndefined();
    const [found] = await world.recorded('GapFound');
    expect(found?.data).toMatchObject({ projection: 'tabs', key: 's1.1', kind: 'missing' });
    expect(await world.recorded('GapHealed')).toHaveLength(1);
  });
});
