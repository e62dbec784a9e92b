import { FAILING_AFTER_MS } from '../../../src/engine/failure-watch.ts';
import type { ProjectionReport } from '../../../src/engine/projections/projection-view.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import {
  createQuickClock,
  createWorld,
  eventually,
  expectFolded,
  type LogLine,
  turn,
  type World,
} from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';

const CANNOT = 'read models cannot be updated; retrying';
const AGAIN = 'read models are updated again';

let world: World;
let timers: (() => void)[];
let lasts: boolean;
beforeEach(() => {
  const quick = createQuickClock();
  timers = [];
  lasts = false;
  const clock: Clock = {
    ...quick,
    sleep: (ms, signal) =>
      ms === FAILING_AFTER_MS && !lasts
        ? new Promise((resolve) => {
            timers.push(resolve);
            signal?.addEventListener('abort', () => resolve());
          })
        : quick.sleep(ms === FAILING_AFTER_MS ? 1 : ms, signal),
  };
  world = createWorld({ clock });
});
afterEach(() => world.close());

const line = () => toyEvent('s1', 'LineAdded');
const reportOf = (name: string): ProjectionReport => {
  const report = world.engine.report().find((each) => each.name === name);
  if (!report) throw new Error(`expected a report of ${name}`);
  return report;
};
const logged = (message: string): LogLine[] =>
  world.lines.filter((entry) => entry.message === message);

/** Lets the time pass after which a failure is reported. */
async function failureLasts(): Promise<void> {
  await eventually(() => timers.length > 0);
  lasts = true;
  for (const ring of timers.splice(0)) ring();
  await turn();
}

/** As on a full disk: reads respond, every write is refused. */
function fillDisk(): void {
  for (const method of ['commit', 'ensureCollection', 'setProjectionStatus'] as const) {
    world.store.failNext(method, Infinity);
  }
}

function freeDisk(): void {
  for (const method of ['commit', 'ensureCollection', 'setProjectionStatus'] as const) {
    world.store.failNext(method, 0);
  }
}

describe('a read model that cannot be written', () => {
  // They stayed `live` with every signal green, and queries returned older and older documents.
  it('is failing with the reason and the time, and live again once writes succeed', async () => {
    await world.engine.start();
    await world.append('order-s1.1', line());
    await world.caughtUp();
    const before = reportOf('tabs').position;
    fillDisk();
    await world.append('order-s1.1', line());
    await failureLasts();
    await eventually(() => reportOf('tabs').state === 'failing');

    for (const name of ['tabs', 'totals', 'accounts']) {
      expect(reportOf(name)).toMatchObject({
        state: 'failing',
        position: before,
        caughtUp: true,
        failing: { reason: 'the read store fails commit' },
      });
    }
    expect(logged(CANNOT)).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({
          projections: ['tabs', 'totals', 'accounts'],
          reason: 'the read store fails commit',
        }) as unknown,
      }),
    ]);

    freeDisk();
    await world.caughtUp();
    expect(reportOf('tabs')).toMatchObject({ state: 'live', failing: undefined });
    expect(logged(AGAIN)).toHaveLength(1);
    await expectFolded(world);
  });

  it('is not reported for failures that the next retry ends', async () => {
    await world.engine.start();
    for (let round = 0; round < 5; round++) {
      world.store.failNext('commit', 2);
      await world.append('order-s1.1', line());
      await world.caughtUp();
    }
    await failureLasts();
    expect(reportOf('tabs')).toMatchObject({ state: 'live', failing: undefined });
    expect(logged(CANNOT)).toEqual([]);
  });

  it('is failing while it is built for the first time', async () => {
    await world.append('order-s1.1', line());
    world.store.failNext('ensureCollection', Infinity);
    await world.engine.start();
    await failureLasts();
    await eventually(() => reportOf('tabs').state === 'failing');

    expect(reportOf('tabs')).toMatchObject({
      failing: { reason: 'the read store fails ensureCollection' },
      caughtUp: false,
    });
    expect(world.engine.serving('tabs')).toBeUndefined();

    freeDisk();
    await world.caughtUp();
    expect(reportOf('tabs')).toMatchObject({ state: 'live', failing: undefined, caughtUp: true });
    await expectFolded(world);
  });

  it('is live while only its next generation cannot be built, and says so', async () => {
    await world.append('order-s1.1', line());
    await world.engine.start();
    await world.caughtUp();
    await world.engine.rebuild('tabs', 'a test');
    let full = true;
    world.store.beforeCommit = ({ documents = [] }) => {
      const next = documents.some(({ collection }) => collection.name.endsWith('_g2'));
      return full && next ? Promise.reject(new Error('disk is full')) : Promise.resolve();
    };
    await failureLasts();
    await eventually(() => reportOf('tabs').failing !== undefined);

    expect(reportOf('tabs')).toMatchObject({
      state: 'live',
      failing: { reason: 'disk is full' },
      building: { generation: 2, state: 'failing' },
    });
    full = false;
    await world.caughtUp();
    await eventually(() => reportOf('tabs').generation === 2);
    expect(reportOf('tabs').failing).toBeUndefined();
  });

  it('has caught up only at the end that the log had at the start', async () => {
    await world.append('order-s1.1', line());
    await world.engine.start();
    await world.caughtUp();
    await world.engine.stop();
    await world.append('order-s1.1', line());
    fillDisk();
    await world.restart();
    // Its documents are those from before the stop; the feed cannot apply the rest.
    await failureLasts();
    await eventually(() => reportOf('tabs').state === 'failing');
    expect(reportOf('tabs').caughtUp).toBe(false);

    freeDisk();
    await world.caughtUp();
    expect(reportOf('tabs').caughtUp).toBe(true);
  });
});
