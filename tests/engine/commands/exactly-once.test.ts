import { add, addMany, open, settle, take } from '../../support/counter-decider.ts';
import {
  again,
  asAnswered,
  commandsOf,
  createWorld,
  fold,
  MODES,
  revisionsOf,
  upTo,
} from './engine-world.ts';

const reused = (...fields: string[]) => ({
  kind: 'error',
  code: 'idempotency_key_reused',
  details: expect.objectContaining({ fields }) as unknown,
});

describe.each(MODES)('a command id is carried out once ($name)', (mode) => {
  it('answers with the events, the state, the revision and the position of what it stored', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open());
    const result = await run('c1', addMany(3, 4));

    const events = await stored();
    expect(result).toStrictEqual({
      stream: 'account-s1.c1',
      revision: 2,
      position: events[2]?.position,
      events: events.slice(1).map(asAnswered),
      state: fold(events),
      repeated: false,
    });
    expect(result.state.total).toBe(7);
  });

  it('writes who, why, when and in which version into each event', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open(), {
      branchId: 'north',
      deviceId: 'till-9',
      occurredAt: '2024-12-31T23:59:59Z',
      actor: { kind: 'device', id: 'till-9' },
      causationId: 'fact-1',
    });
    await run('c1', add(1));

    const [opened, moved] = await stored();
    expect(opened?.metadata).toStrictEqual({
      storeId: 's1',
      branchId: 'north',
      commandId: 'c0',
      fields: { type: expect.any(String) as string, limit: expect.any(String) as string },
      correlationId: 'correlation of c0',
      causationId: 'fact-1',
      actor: { kind: 'device', id: 'till-9' },
      deviceId: 'till-9',
      occurredAt: '2024-12-31T23:59:59Z',
      schemaVersion: 1,
    });
    expect(moved?.metadata.schemaVersion).toBe(2);
    expect(moved?.metadata).not.toHaveProperty('branchId');
  });

  it('gives the first result again at once', async () => {
    const { run, stored } = createWorld(mode);
    const opened = await run('c0', open());
    const added = await run('c1', addMany(1, 2, 3));

    expect(await run('c1', addMany(1, 2, 3))).toStrictEqual(again(added));
    expect(await run('c0', open())).toStrictEqual(again(opened));
    expect(await stored()).toHaveLength(4);
  });

  it('gives the first result, with the state as of then, after later commands', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open());
    const first = await run('c1', add(5, 'first'));
    await run('c2', add(6));
    await run('c3', take(2));

    expect(await run('c1', add(5, 'first'))).toStrictEqual(again(first));
    expect(first.state.total).toBe(5);
    expect(await stored()).toHaveLength(4);
  });

  it('gives the first result after a restart', async () => {
    const { run, engine, stored } = createWorld(mode);
    await run('c0', open());
    const first = await run('c1', addMany(5, 6));
    await run('c2', add(7));
    const restarted = engine();

    expect(await run('c1', addMany(5, 6), { on: restarted })).toStrictEqual(again(first));
    expect((await run('c3', add(1), { on: restarted })).state.total).toBe(19);
    expect(await run('c1', addMany(5, 6), { on: restarted })).toStrictEqual(again(first));
    expect(await stored()).toHaveLength(5);
  });

  it('gives the first result on another engine whose view of the stream is old', async () => {
    const { run, engine, stored } = createWorld(mode);
    const other = engine();
    await run('c0', open(), { on: other });
    const first = await run('c1', add(5));
    await run('c2', add(6));

    expect(await run('c1', add(5), { on: other })).toStrictEqual(again(first));
    expect(await stored()).toHaveLength(3);
  });

  it('gives the first result of a command of more events than a page', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open(1_000_000));
    await run('c1', addMany(...Array.from({ length: 499 }, () => 1)));
    const amounts = Array.from({ length: 1_200 }, (_, i) => i % 5);
    const first = await run('c2', addMany(...amounts));
    await run('c3', add(1));

    const repeat = await run('c2', addMany(...amounts));
    expect(repeat.events.length).toBe(1_200);
    expect(repeat).toStrictEqual(again(first));
    expect(revisionsOf(await stored())).toStrictEqual(upTo(1_701));
  });

  it('finds an early command in a long stream', async () => {
    const { run, engine } = createWorld(mode);
    await run('c0', open(1_000_000));
    const first = await run('c1', add(3));
    for (let i = 0; i < 4; i++) {
      await run(`fill-${i}`, addMany(...Array.from({ length: 300 }, () => 1)));
    }
    expect(await run('c1', add(3), { on: engine() })).toStrictEqual(again(first));
  });

  it('does not mind the order of the keys in the body of a repeat', async () => {
    const { run } = createWorld(mode);
    await run('c0', open());
    const first = await run('c1', { type: 'Add', data: { amount: 5, note: 'n' } });
    const repeat = await run('c1', { type: 'Add', data: { note: 'n', amount: 5 } });
    expect(repeat).toStrictEqual(again(first));
  });

  it('keeps the same id apart on different entities and stores', async () => {
    const { run, log } = createWorld(mode);
    await run('c0', open(10));
    await run('c0', open(20), { entity: 'c2' });
    await run('c0', open(30), { storeId: 's2' });

    const streams = ['account-s1.c1', 'account-s1.c2', 'account-s2.c1'];
    const limits = await Promise.all(
      streams.map(async (stream) => (await log.readStream(stream)).map(({ data }) => data)),
    );
    expect(limits).toStrictEqual([[{ limit: 10 }], [{ limit: 20 }], [{ limit: 30 }]]);
  });
});

describe.each(MODES)('a command id used again for something else ($name)', (mode) => {
  it('is refused naming the field that differs, and changes nothing (S11)', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open());
    const first = await run('c1', add(100));

    expect(await outcome('c1', add(120))).toStrictEqual(reused('amount'));
    expect(await stored()).toHaveLength(2);
    expect(await run('c1', add(100))).toStrictEqual(again(first));
  });

  it('is refused after a restart and after later commands (S11)', async () => {
    const { run, outcome, engine, stored } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(100));
    await run('c2', add(1));

    const restarted = { on: engine() };
    expect(await outcome('c1', add(120), restarted)).toStrictEqual(reused('amount'));
    expect(await stored()).toHaveLength(3);
  });

  it('names every field that differs, added and left out ones too', async () => {
    const { run, outcome } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(1, 'with a note'));
    await run('c2', add(2));

    expect(await outcome('c1', add(9))).toStrictEqual(reused('amount', 'note'));
    expect(await outcome('c2', add(2, 'new'))).toStrictEqual(reused('note'));
  });

  it('names `type` when another command comes with the same fields', async () => {
    const { run, outcome } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(4));
    expect(await outcome('c1', take(4))).toStrictEqual(reused('type'));
  });
});

describe.each(MODES)('the same command twice at once ($name)', (mode) => {
  it('is in flight on one engine, and done once', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open());
    const [first, second] = await Promise.all([run('c1', add(5)), outcome('c1', add(5))]);

    expect(second).toMatchObject({ kind: 'error', code: 'command_in_flight' });
    expect(await run('c1', add(5))).toStrictEqual(again(first));
    expect(await stored()).toHaveLength(2);
  });

  it('is in flight also while it waits in line behind another command', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open());
    const [, , third] = await Promise.all([
      run('c1', add(5)),
      run('c2', add(6)),
      outcome('c2', add(6)),
    ]);
    expect(third).toMatchObject({ code: 'command_in_flight' });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'c2']);
  });

  it('is done once over two engines, with one result for both', async () => {
    const { run, engine, stored } = createWorld(mode);
    const other = engine();
    await run('c0', open());
    const [a, b] = await Promise.all([
      run('c1', addMany(5, 6)),
      run('c1', addMany(5, 6), { on: other }),
    ]);
    expect([a.repeated, b.repeated].sort()).toStrictEqual([false, true]);
    expect(again(a)).toStrictEqual(again(b));
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'c1']);
  });

  it('creates an entity once over two engines', async () => {
    const { run, engine, stored } = createWorld(mode);
    const other = engine();
    const [a, b] = await Promise.all([run('c0', open()), run('c0', open(), { on: other })]);
    expect(again(a)).toStrictEqual(again(b));
    expect(await stored()).toHaveLength(1);
  });

  it('is free again after it failed', async () => {
    const { run, outcome, log } = createWorld(mode);
    await run('c0', open());
    log.plan('broken');
    expect(await outcome('c1', add(5))).toMatchObject({ code: 'store_unavailable' });
    expect((await run('c1', add(5))).repeated).toBe(false);
  });
});

describe.each(MODES)('a command with nothing to decide ($name)', (mode) => {
  it('answers with the state that the log holds and records nothing', async () => {
    const { run, engine, stored } = createWorld(mode);
    const other = engine();
    await run('c0', open(), { on: other });
    const added = await run('c1', add(5));

    const settled = await run('c2', settle(5));
    expect(settled).toStrictEqual({ ...added, events: [] });
    expect(await run('c3', settle(5), { on: other })).toStrictEqual(settled);
    expect(await stored()).toHaveLength(2);
  });

  it('is decided on the log when an old view says that there is nothing to do', async () => {
    const { run, engine } = createWorld(mode);
    const other = engine();
    await run('c0', open(), { on: other });
    await run('c1', add(5));
    const settled = await run('c2', settle(0), { on: other });
    expect(settled).toMatchObject({ revision: 2, state: { total: 0, moves: 2 } });
  });
});

describe('the modes of these tests', () => {
  it('begin loads with a snapshot where snapshots are on and there is no cache', async () => {
    const { run, snapshots } = createWorld({ name: '', cache: false, snapshots: true });
    await run('c0', open());
    await run('c1', add(1));
    await run('c2', add(2));
    expect(snapshots.hits).toBe(2);
    expect(snapshots.warnings).toStrictEqual([]);
  });

  it('read the stream less with a cache', async () => {
    const reads = await Promise.all(
      [true, false].map(async (cache) => {
        const world = createWorld({ name: '', cache, snapshots: false });
        for (let i = 0; i < 5; i++) await world.run(`c${i}`, i === 0 ? open() : add(1));
        return world.log.reads.length;
      }),
    );
    expect(reads).toStrictEqual([1, 5]);
  });
});
