import { add, addMany, open, take } from '../../support/counter-decider.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { AppendCall } from '../../support/faulty-log.ts';
import { again, asAnswered, commandsOf, createWorld, MODES, type World } from './engine-world.ts';

const DEADLINE_MS = 8_000;

/** A world with an open counter, and the appends since then. */
async function openWorld(mode: (typeof MODES)[number], clock?: World['clock']) {
  const world = createWorld(mode, { ...(clock && { clock }) });
  await world.run('c0', open());
  return { ...world, calls: () => world.log.calls.slice(1) };
}

function expectIdentical(calls: readonly AppendCall[], count: number): void {
  expect(calls.length).toBe(count);
  expect(new Set(calls.map(({ bytes }) => bytes)).size).toBe(1);
}

describe.each(MODES)('an append without a clear answer ($name)', (mode) => {
  it('is repeated with the same ids and bytes after lost requests', async () => {
    const { run, log, calls, stored } = await openWorld(mode);
    log.plan('request-lost', 'request-lost', 'request-lost');
    const result = await run('c1', addMany(5, 6));

    expectIdentical(calls(), 4);
    expect(result).toMatchObject({ revision: 2, repeated: false, state: { total: 11 } });
    expect((await stored()).slice(1).map(({ id }) => id)).toStrictEqual(calls()[0]?.ids);
  });

  it('is repeated identically after lost answers, and stored once', async () => {
    const { run, log, calls, stored } = await openWorld(mode);
    log.plan('answer-lost', 'answer-lost');
    const result = await run('c1', addMany(5, 6));

    expectIdentical(calls(), 3);
    const events = await stored();
    expect(commandsOf(events)).toStrictEqual(['c0', 'c1', 'c1']);
    expect(result).toMatchObject({ revision: 2, position: events[2]?.position });
    expect(result.events).toStrictEqual(events.slice(1).map(asAnswered));
    expect(await run('c1', addMany(5, 6))).toStrictEqual(again(result));
  });

  it('is repeated identically while the log is busy', async () => {
    const { run, log, calls, stored } = await openWorld(mode);
    log.plan('busy', 'busy', 'busy');
    expect((await run('c1', add(5))).state.total).toBe(5);
    expectIdentical(calls(), 4);
    expect(await stored()).toHaveLength(2);
  });

  it('is repeated identically whatever the faults are that follow each other', async () => {
    const { run, log, calls, stored } = await openWorld(mode);
    log.plan('busy', 'answer-lost', 'broken', 'request-lost', 'busy');
    expect((await run('c1', add(5))).state.total).toBe(5);
    expectIdentical(calls(), 6);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('keeps a refusal as it was decided', async () => {
    const { run, outcome, log, calls } = await openWorld(mode);
    log.plan('answer-lost', 'request-lost');
    const refused = await outcome('c1', take(1));
    expect(refused).toMatchObject({ kind: 'refused', repeated: false });
    expectIdentical(calls(), 3);
    await run('c2', add(1));
    expect(await outcome('c1', take(1))).toStrictEqual(again(refused));
  });

  it('gets the first answer when others have gone on after it', async () => {
    const clock = createFakeClock();
    const { run, log, engine, stored } = await openWorld(mode, clock);
    const rival = engine();
    log.plan('answer-lost');
    const running = run('c1', add(5));
    await clock.untilSleeping();
    await run('r1', add(7), { on: rival });
    await clock.advance(20);
    const result = await running;

    const events = await stored();
    expect(result).toMatchObject({ revision: 1, repeated: false, state: { total: 5 } });
    expect(result.position).toStrictEqual(events[1]?.position);
    expect((await run('c2', take(12))).state.total).toBe(0);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'r1', 'c2']);
  });

  it('is decided again only when a conflict proves that it was not stored', async () => {
    const clock = createFakeClock();
    const { run, log, engine, calls, stored } = await openWorld(mode, clock);
    const rival = engine();
    log.plan('request-lost');
    const running = run('c1', add(5));
    await clock.untilSleeping();
    await run('r1', add(7), { on: rival });
    await clock.advance(20);
    const result = await running;

    expect(result).toMatchObject({ revision: 2, repeated: false, state: { total: 12 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'r1', 'c1']);
    const mine = calls().filter(({ bytes }) => bytes.includes('"commandId":"c1"'));
    expect(mine.map(({ expected }) => expected)).toStrictEqual([0, 0, 1]);
    expect(mine[1]?.bytes).toBe(mine[0]?.bytes);
    expect(mine[2]?.ids).not.toStrictEqual(mine[0]?.ids);
  });
});

describe.each(MODES)('an append that never gets an answer ($name)', (mode) => {
  it('ends as outcome_unknown before the deadline; the next try stores it once', async () => {
    const { run, outcome, log, calls, clock, stored } = await openWorld(mode);
    const started = clock.now();
    log.always('request-lost');
    expect(await outcome('c1', add(5))).toMatchObject({ kind: 'error', code: 'outcome_unknown' });
    expect(clock.now() - started).toBeLessThan(DEADLINE_MS);
    expect(clock.now() - started).toBeGreaterThan(DEADLINE_MS / 2);
    expectIdentical(calls(), calls().length);
    expect(await stored()).toHaveLength(1);

    log.always('ok');
    expect(await run('c1', add(5))).toMatchObject({ repeated: false, state: { total: 5 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('ends as well when the clock is set back over and over', async () => {
    const clock = createFakeClock(undefined, { autoAdvance: true });
    const { outcome, log } = await openWorld(mode, {
      ...clock,
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        clock.set(clock.now() - 3_600_000);
      },
    });
    log.always('request-lost');
    expect(await outcome('c1', add(5))).toMatchObject({ kind: 'error', code: 'outcome_unknown' });
  });

  it('is found by the next try when it was stored all the same', async () => {
    const { run, outcome, log, engine, stored } = await openWorld(mode);
    log.always('answer-lost');
    expect(await outcome('c1', add(5))).toMatchObject({ code: 'outcome_unknown' });
    log.always('ok');
    const repeat = await run('c1', add(5));
    expect(repeat).toMatchObject({ repeated: true, revision: 1, state: { total: 5 } });
    expect(await run('c1', add(5), { on: engine() })).toStrictEqual(repeat);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('does not harm the commands that come after it', async () => {
    const { run, outcome, log, stored } = await openWorld(mode);
    log.always('answer-lost');
    await outcome('c1', add(5));
    log.always('ok');
    expect((await run('c2', add(6))).state.total).toBe(11);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'c2']);
  });

  it('is unknown, not unavailable, when one of its tries may have been stored', async () => {
    const { outcome, log } = await openWorld(mode);
    log.plan('busy', 'request-lost');
    log.always('broken');
    expect(await outcome('c1', add(5))).toMatchObject({ code: 'outcome_unknown' });
  });

  it('makes other commands on its stream wait, and none elsewhere', async () => {
    const clock = createFakeClock();
    const world = await openWorld(mode, clock);
    const { run, outcome, log, stored } = world;
    await run('d0', open(), { entity: 'c2' });
    log.plan('request-lost');
    const slow = run('c1', add(5));
    const behind = run('c2', take(5));
    await clock.untilSleeping();

    expect((await run('d1', add(3), { entity: 'c2' })).state.total).toBe(3);
    expect(await outcome('c1', add(5))).toMatchObject({ code: 'command_in_flight' });
    expect(await stored()).toHaveLength(1);
    await clock.advance(20);
    expect((await slow).state.total).toBe(5);
    expect((await behind).state.total).toBe(0);
  });
});

describe.each(MODES)('an append that certainly was not stored ($name)', (mode) => {
  it('ends as store_unavailable when the log stays busy, and may be tried again', async () => {
    const { run, outcome, log, calls, clock, stored } = await openWorld(mode);
    const started = clock.now();
    log.always('busy');
    expect(await outcome('c1', add(5))).toMatchObject({ code: 'store_unavailable' });
    expect(clock.now() - started).toBeLessThan(DEADLINE_MS);
    expectIdentical(calls(), calls().length);
    expect(await stored()).toHaveLength(1);
    log.always('ok');
    expect((await run('c1', add(5))).repeated).toBe(false);
  });

  it('ends as store_unavailable at once when the log is broken for good', async () => {
    const { outcome, log, calls, clock } = await openWorld(mode);
    log.plan('broken');
    expect(await outcome('c1', add(5))).toMatchObject({ code: 'store_unavailable' });
    expect(calls()).toHaveLength(1);
    expect(clock.slept).toStrictEqual([]);
  });

  it('ends as store_unavailable when the log cannot be read', async () => {
    const { run, outcome, log, engine, stored } = await openWorld(mode);
    const cold = engine();
    // A snapshot that cannot be followed up is given up for the whole stream, which fails as well.
    log.failReads(2);
    expect(await outcome('c1', add(5), { on: cold })).toMatchObject({ code: 'store_unavailable' });
    log.failReads(0);
    expect(await stored()).toHaveLength(1);
    expect((await run('c1', add(5), { on: cold })).state.total).toBe(5);
  });

  it('is batch_too_large when its events are more than the log takes', async () => {
    const { run, outcome, calls, clock, stored } = await openWorld(mode);
    expect(await outcome('c1', addMany(...Array.from({ length: 6_000 }, () => 0)))).toMatchObject({
      kind: 'error',
      code: 'batch_too_large',
    });
    expect(calls()).toHaveLength(1);
    expect(clock.slept).toStrictEqual([]);
    expect(await stored()).toHaveLength(1);
    expect((await run('c2', add(5))).state.total).toBe(5);
  });

  it('is tried with pauses that double up to a second', async () => {
    const { outcome, log, clock } = await openWorld(mode);
    log.always('busy');
    await outcome('c1', add(5));
    expect(clock.slept.slice(0, 9)).toStrictEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    expect(Math.max(...clock.slept)).toBe(1_000);
  });
});

describe.each(MODES)('an append that arrives late ($name)', (mode) => {
  async function gaveUp() {
    const world = await openWorld(mode);
    world.log.plan('late');
    world.log.always('request-lost');
    expect(await world.outcome('c1', add(5))).toMatchObject({ code: 'outcome_unknown' });
    world.log.always('ok');
    return world;
  }

  it('is found by the next try when it came before it', async () => {
    const { run, log, stored } = await gaveUp();
    expect(await log.deliverLate()).toMatchObject([{ outcome: 'done' }]);
    expect(await run('c1', add(5))).toMatchObject({ repeated: true, state: { total: 5 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('is turned away when the next try was stored before it', async () => {
    const { run, log, stored } = await gaveUp();
    const result = await run('c1', add(5));
    expect(await log.deliverLate()).toMatchObject([{ outcome: 'conflict' }]);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
    expect(await run('c1', add(5))).toStrictEqual(again(result));
  });

  it('is found when it comes between the decision and the append of the next try', async () => {
    const { run, log, stored } = await gaveUp();
    log.beforeNextAppend(() => log.deliverLate());
    expect(await run('c1', add(5))).toMatchObject({ repeated: true, state: { total: 5 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('is turned away when another command took its place', async () => {
    const { run, log, stored } = await gaveUp();
    await run('c2', add(1));
    expect(await log.deliverLate()).toMatchObject([{ outcome: 'conflict' }]);
    expect(await run('c1', add(5))).toMatchObject({ repeated: false, state: { total: 6 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c2', 'c1']);
  });

  it('is stored once when it comes while the append is still being repeated', async () => {
    const { run, log, calls, stored } = await openWorld(mode);
    log.plan('late', 'request-lost');
    log.beforeEachAppend(() => log.deliverLate());
    expect(await run('c1', add(5))).toMatchObject({ repeated: false, state: { total: 5 } });
    expectIdentical(calls(), 3);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });
});
