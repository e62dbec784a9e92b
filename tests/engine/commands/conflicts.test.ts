import { add, open, take } from '../../support/counter-decider.ts';
import { again, commandsOf, createWorld, fold, MODES, revisionsOf, upTo } from './engine-world.ts';

const failed = (expected: number, found: number) => ({
  kind: 'error',
  code: 'precondition_failed',
  details: { expected, found },
});

describe.each(MODES)('If-Match ($name)', (mode) => {
  it('lets a command through at the right revision', async () => {
    const { run } = createWorld(mode);
    const { revision } = await run('c0', open());
    expect((await run('c1', add(5), { ifRevision: revision })).revision).toBe(1);
  });

  it('refuses at another revision, older or newer, and records nothing', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(5));
    expect(await outcome('c2', add(5), { ifRevision: 0 })).toStrictEqual(failed(0, 1));
    expect(await outcome('c2', add(5), { ifRevision: 7 })).toStrictEqual(failed(7, 1));
    expect(await stored()).toHaveLength(2);
    expect((await run('c2', add(5), { ifRevision: 1 })).repeated).toBe(false);
  });

  it('refuses where there is nothing at all yet', async () => {
    const { outcome, stored } = createWorld(mode);
    expect(await outcome('c0', open(), { ifRevision: 0 })).toStrictEqual(failed(0, -1));
    expect(await stored()).toStrictEqual([]);
  });

  it('gives the first answer to a repeat with the revision of then', async () => {
    const { run, outcome, engine } = createWorld(mode);
    await run('c0', open(10));
    const done = await run('c1', add(5), { ifRevision: 0 });
    const refused = await outcome('c2', add(50), { ifRevision: 1 });
    await run('c3', add(1));

    expect(await run('c1', add(5), { ifRevision: 0 })).toStrictEqual(again(done));
    expect(await run('c1', add(5), { ifRevision: 0, on: engine() })).toStrictEqual(again(done));
    expect(await outcome('c2', add(50), { ifRevision: 1 })).toStrictEqual(again(refused));
  });

  it('fails the precondition when another writer is faster', async () => {
    const { run, outcome, log, engine, stored } = createWorld(mode);
    const rival = engine();
    await run('c0', open());
    log.beforeNextAppend(() => run('r1', add(1), { on: rival }));
    expect(await outcome('c1', add(5), { ifRevision: 0 })).toStrictEqual(failed(0, 1));
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'r1']);
  });

  it('is held against the log, not against an old view of it', async () => {
    const { run, outcome, engine } = createWorld(mode);
    const other = engine();
    await run('c0', open(), { on: other });
    await run('c1', add(5));
    expect(await outcome('c2', add(5), { ifRevision: 0, on: other })).toStrictEqual(failed(0, 1));
    await run('c3', add(5));
    expect((await run('c2', add(5), { ifRevision: 2, on: other })).revision).toBe(3);
  });
});

describe.each(MODES)('writers that race for one stream ($name)', (mode) => {
  it('land every increment of two engines: no update is lost', async () => {
    const { run, engine, stored } = createWorld(mode);
    const engines = [engine(), engine()];
    await run('c0', open(100_000));
    const all = engines.flatMap((on, e) =>
      Array.from({ length: 40 }, (_, i) => run(`e${e}-${i}`, add(i + 1), { on })),
    );
    const results = await Promise.all(all);

    const events = await stored();
    expect(revisionsOf(events)).toStrictEqual(upTo(81));
    expect(new Set(commandsOf(events)).size).toBe(81);
    expect(fold(events).total).toBe(2 * 820);
    const latest = results.find(({ revision }) => revision === 80);
    expect(latest?.state).toStrictEqual(fold(events));
  });

  it('answer each command with the state right after its own events', async () => {
    const { run, engine, stored } = createWorld(mode);
    const engines = [engine(), engine()];
    await run('c0', open(100_000));
    const results = await Promise.all(
      engines.flatMap((on, e) => [1, 2, 3, 4].map((i) => run(`e${e}-${i}`, add(i), { on }))),
    );
    const events = await stored();
    for (const { revision, state, position } of results) {
      expect(state).toStrictEqual(fold(events.slice(0, revision + 1)));
      expect(position).toStrictEqual(events[revision]?.position);
    }
  });

  it('decide again on the new state, so that only one takes the last of it', async () => {
    const { run, outcome, engine, stored } = createWorld(mode);
    const other = engine();
    await run('c0', open());
    await run('c1', add(10));
    const both = await Promise.all([outcome('c2', take(8)), outcome('c3', take(8), { on: other })]);
    expect(both.map(({ kind }) => kind).sort()).toStrictEqual(['done', 'refused']);
    expect(both).toContainEqual(expect.objectContaining({ details: { total: 2 } }));
    expect(fold(await stored()).total).toBe(2);
  });

  it('open an entity once; the other one is refused on record', async () => {
    const { outcome, engine, stored } = createWorld(mode);
    const other = engine();
    const both = await Promise.all([outcome('a', open(5)), outcome('b', open(6), { on: other })]);
    expect(both.map(({ kind }) => kind).sort()).toStrictEqual(['done', 'refused']);
    expect((await stored()).map(({ type }) => type)).toStrictEqual([
      'CounterOpened',
      'CommandRefused',
    ]);
  });

  it('draw new event ids for a new decision', async () => {
    const { run, log, engine } = createWorld(mode);
    const rival = engine();
    await run('c0', open());
    log.beforeNextAppend(() => run('r1', add(1), { on: rival }));
    await run('c1', add(5));
    const [, mine, , again] = log.calls;
    expect([mine?.expected, again?.expected]).toStrictEqual([0, 1]);
    expect(again?.ids).not.toStrictEqual(mine?.ids);
  });

  it('give up after a bounded number of conflicts, having stored nothing', async () => {
    const { run, outcome, log, engine, stored } = createWorld(mode);
    const rival = engine();
    await run('c0', open(100_000));
    let rivals = 0;
    let racing = false;
    log.beforeEachAppend(async () => {
      if (racing) return;
      racing = true;
      rivals += 1;
      await run(`r${rivals}`, add(1), { on: rival });
      racing = false;
    });
    expect(await outcome('c1', add(5))).toMatchObject({ kind: 'error', code: 'contention' });
    expect(rivals).toBe(10);
    expect(commandsOf(await stored())).not.toContain('c1');

    log.beforeEachAppend(undefined);
    const landed = await run('c1', add(5));
    expect(landed).toMatchObject({ repeated: false, state: { total: 15 } });
  });

  it('try again at once after the first loss, and give way longer after each further one', async () => {
    const { run, outcome, log, engine, clock } = createWorld(mode);
    const rival = engine();
    await run('c0', open(100_000));
    const losses = async (id: string, count: number) => {
      let left = count;
      let racing = false;
      log.beforeEachAppend(async () => {
        if (racing || left === 0) return;
        racing = true;
        left -= 1;
        await run(`rival of ${id}, ${left}`, add(1), { on: rival });
        racing = false;
      });
      const before = clock.slept.length;
      await outcome(id, add(5));
      return clock.slept.slice(before);
    };
    expect(await losses('c1', 1)).toStrictEqual([]);
    expect(await losses('c2', 4)).toStrictEqual([2, 4, 8]);
    expect(await losses('c3', 10)).toStrictEqual([2, 4, 8, 16, 32, 50, 50, 50, 50]);
  });

  it('find their own command when the rival was a twin of it', async () => {
    const { run, log, engine, stored } = createWorld(mode);
    const twin = engine();
    await run('c0', open());
    log.beforeNextAppend(() => run('c1', add(5), { on: twin }));
    const result = await run('c1', add(5));
    expect(result).toMatchObject({ repeated: true, state: { total: 5 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('do not hold up commands for other entities', async () => {
    const { run, log } = createWorld(mode);
    await run('c0', open());
    await run('d0', open(), { entity: 'c2' });
    let elsewhere: number | undefined;
    log.beforeNextAppend(async () => {
      elsewhere = (await run('d1', add(3), { entity: 'c2' })).state.total;
    });
    await run('c1', add(5));
    expect(elsewhere).toBe(3);
  });
});
