import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createSnapshots } from '../../../src/engine/commands/snapshots.ts';
import { add, addMany, open, take } from '../../support/counter-decider.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import {
  again,
  commandsOf,
  createWorld,
  fold,
  MODES,
  revisionsOf,
  STREAM,
  upTo,
  type World,
} from './engine-world.ts';

describe.each(MODES)('the engine over SQLite ($name)', (mode) => {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-engine-'));
  const opened: World[] = [];
  let files = 0;

  /** The world of one process; the same file again is that process after a restart. */
  function start(file = `${++files}.db`): World & { readonly restart: () => Promise<World> } {
    const clock = createFakeClock(undefined, { autoAdvance: true });
    const path = join(folder, file);
    const log = openSqliteEventLog({ path, clock, ids: systemIds });
    const world = createWorld(mode, { log, clock });
    opened.push(world);
    const restart = async () => {
      await world.log.close();
      return start(file);
    };
    return { ...world, restart };
  }

  afterAll(async () => {
    await Promise.all(opened.map(({ log }) => log.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the first result after the file was closed and opened again', async () => {
    const { run, restart } = start();
    await run('c0', open());
    const first = await run('c1', addMany(5, 6));
    await run('c2', take(1));
    const after = await restart();
    expect(await after.run('c1', addMany(5, 6))).toStrictEqual(again(first));
    expect((await after.run('c3', add(1))).state.total).toBe(11);
    expect(commandsOf(await after.stored())).toStrictEqual(['c0', 'c1', 'c1', 'c2', 'c3']);
  });

  it('keeps refusals and re-used keys refused after a restart (S11, S12)', async () => {
    const { run, outcome, restart } = start();
    await run('c0', open(10));
    const refused = await outcome('c1', add(11));
    await run('c2', add(1));
    const after = await restart();
    expect(await after.outcome('c1', add(11))).toStrictEqual(again(refused));
    expect(await after.outcome('c2', add(2))).toMatchObject({
      code: 'idempotency_key_reused',
      details: { fields: ['amount'] },
    });
  });

  it('lands every increment of two engines, also when answers are lost', async () => {
    const { run, engine, log, stored } = start();
    await run('c0', open(100_000));
    const engines = [engine(), engine()];
    log.plan(...upTo(20).map((n) => (n % 3 === 0 ? 'answer-lost' : 'ok')));
    await Promise.all(
      engines.flatMap((on, e) => upTo(15).map((n) => run(`e${e}-${n}`, add(n + 1), { on }))),
    );
    const events = await stored();
    expect(revisionsOf(events)).toStrictEqual(upTo(31));
    expect(new Set(commandsOf(events)).size).toBe(31);
    expect(fold(events).total).toBe(240);
  });

  it('stores many commands on many streams that arrive together', async () => {
    const { run, outcome } = start();
    const entities = upTo(30).map((n) => `many-${n}`);
    await Promise.all(entities.map((entity) => run(`open ${entity}`, open(), { entity })));
    const results = await Promise.all(
      entities.map((entity, n) => run(`add ${entity}`, add(n + 1), { entity })),
    );
    expect(results.map(({ state }) => state.total)).toStrictEqual(upTo(30).map((n) => n + 1));
    expect(await outcome('add many-7', add(8), { entity: 'many-7' })).toStrictEqual({
      kind: 'done',
      ...again(results[7] as (typeof results)[number]),
    });
  });

  it('says that the store is unavailable once it is closed', async () => {
    const { run, outcome, log } = start();
    await run('c0', open());
    await log.close();
    expect(await outcome('c1', add(1))).toMatchObject({ code: 'store_unavailable' });
  });
});

describe('snapshots in SQLite', () => {
  it('begin the load of a long stream after a restart', async () => {
    const store = openSqliteReadStore(':memory:');
    const world = createWorld();
    const { logger, warnings } = world.snapshots;
    const snapshots = createSnapshots(store.snapshots, systemDigest, logger);
    await world.run('c0', open(100_000), { on: world.engine({ snapshots }) });
    const on = world.engine({ snapshots });
    for (const n of upTo(130)) await world.run(`c${n + 1}`, add(1), { on });

    expect(await store.snapshots.get(STREAM)).toMatchObject({ stream: STREAM, revision: 99 });
    const before = world.log.reads.length;
    const next = await world.run('next', add(1), { on: world.engine({ snapshots }) });
    expect(next.state).toMatchObject({ total: 131, moves: 131 });
    // The tail comes in slices, and nothing before it is read.
    expect(world.log.reads.slice(before)).toStrictEqual([99, 115]);
    expect(warnings).toStrictEqual([]);
    await store.close();
  });
});
