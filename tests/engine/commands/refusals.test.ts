import type { Decider } from '../../../src/domain/kernel/decider.ts';
import { DomainError, InvariantError, NotFoundError } from '../../../src/domain/kernel/errors.ts';
import { formatPosition } from '../../../src/domain/kernel/position.ts';
import { RefusedError } from '../../../src/engine/commands/command-engine.ts';
import {
  add,
  addMany,
  type CounterCommand,
  counterDecider,
  type CounterEvent,
  type CounterState,
  open,
  settle,
  take,
} from '../../support/counter-decider.ts';
import {
  again,
  commandsOf,
  createWorld,
  execute,
  MODES,
  outcomeOf,
  type Result,
} from './engine-world.ts';

const broken = (how: 'invariant' | 'plain' | 'bad-event'): CounterCommand => ({
  type: 'Break',
  data: { how },
});

describe.each(MODES)('a command that the rules refuse ($name)', (mode) => {
  it('is recorded at its revision with code, message and details, and answered with its position', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open(10));
    const error: unknown = await run('c1', add(11)).catch((thrown: unknown) => thrown);

    const [, refused] = await stored();
    expect(refused).toMatchObject({
      type: 'CommandRefused',
      revision: 1,
      data: {
        command: 'Add',
        code: 'credit_limit_exceeded',
        message: 'expected at most 10',
        details: { limit: 10, total: 11 },
      },
      metadata: { commandId: 'c1', schemaVersion: 1 },
    });
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({
      code: 'credit_limit_exceeded',
      kind: 'refused',
      message: 'expected at most 10',
      position: refused?.position,
      repeated: false,
    });
    expect((error as RefusedError).details).toStrictEqual({ limit: 10, total: 11 });
  });

  it('changes nothing of the state', async () => {
    const { run, outcome } = createWorld(mode);
    await run('c0', open(10));
    await outcome('c1', add(11));
    const next = await run('c2', add(3));
    expect(next).toMatchObject({ revision: 2, state: { total: 3, moves: 1 } });
  });

  it('stays refused when the rules would now allow it; a new id is decided again (S12)', async () => {
    const { run, outcome, engine, stored } = createWorld(mode);
    await run('c0', open(100));
    await run('c1', add(80));
    const first = await outcome('c2', add(50));
    await run('c3', take(80));

    const repeat = await outcome('c2', add(50));
    expect(first).toMatchObject({ kind: 'refused', code: 'credit_limit_exceeded' });
    expect(repeat).toStrictEqual(again(first));
    expect(await outcome('c2', add(50), { on: engine() })).toStrictEqual(again(first));
    expect((await run('c4', add(50))).state.total).toBe(50);
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
  });

  it('says the position of its refusal also after later commands', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open(10));
    await outcome('c1', add(11));
    await run('c2', add(1));
    const [, refused] = await stored();
    expect(refused).toBeDefined();
    expect(await outcome('c1', add(11))).toMatchObject({
      position: refused && formatPosition(refused.position),
    });
  });

  it('is refused for its key when it comes again with another body', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open(10));
    await outcome('c1', add(11));
    expect(await outcome('c1', add(5))).toMatchObject({
      code: 'idempotency_key_reused',
      details: { fields: ['amount'] },
    });
    expect(await stored()).toHaveLength(2);
  });

  it('is refused as a whole: none of its events is stored', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open(10));
    expect(await outcome('c1', addMany(4, 4, 4))).toMatchObject({ kind: 'refused' });
    expect((await stored()).map(({ type }) => type)).toStrictEqual([
      'CounterOpened',
      'CommandRefused',
    ]);
  });

  it('is recorded also where there was no stream, and leaves the entity unmade', async () => {
    const { engine, run, stored } = createWorld(mode);
    const never: Decider<CounterState, CounterCommand, CounterEvent> = {
      ...counterDecider,
      decide: () => {
        throw new DomainError('overdue_block', 'not today');
      },
    };
    const context = {
      storeId: 's1',
      entityId: 'c1',
      commandId: 'c0',
      now: '2025-01-01T00:00:00Z',
      businessDay: '2025-01-01',
    };
    const request = {
      command: open(),
      context,
      actor: { kind: 'key', id: 'k' } as const,
      correlationId: 'r',
      causationId: 'r',
    };
    const refused = await outcomeOf(engine().execute(never, request) as Promise<Result>);
    expect(refused).toMatchObject({ kind: 'refused', code: 'overdue_block', repeated: false });
    expect((await run('c1', open())).state).toMatchObject({ opened: true, moves: 0 });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1']);
  });

  it('is decided again on the newest state when another engine was faster', async () => {
    const { run, engine, stored } = createWorld(mode);
    const other = engine();
    await run('c0', open(10), { on: other });
    await run('c1', add(10), { on: other });
    await run('c2', take(10));
    expect((await run('c3', add(10), { on: other })).state.total).toBe(10);
    expect((await stored()).map(({ type }) => type)).not.toContain('CommandRefused');
  });
});

describe.each(MODES)('a command that is no decision ($name)', (mode) => {
  it('records nothing for an unknown entity, and its id is decided again later', async () => {
    const { run, stored } = createWorld(mode);
    await expect(run('c1', add(5))).rejects.toBeInstanceOf(NotFoundError);
    expect(await stored()).toStrictEqual([]);
    await run('c0', open());
    expect((await run('c1', add(5))).state.total).toBe(5);
  });

  it('records nothing when it is malformed, and its id may come again with another body', async () => {
    const { run, outcome, stored } = createWorld(mode);
    await run('c0', open());
    expect(await outcome('c1', add(0))).toMatchObject({ kind: 'error', code: 'invalid_request' });
    expect(await stored()).toHaveLength(1);
    expect((await run('c1', add(1))).repeated).toBe(false);
  });

  it('finds what another engine has made meanwhile instead of saying that it is unknown', async () => {
    const { run, outcome, engine } = createWorld(mode);
    const other = engine();
    expect(await outcome('c1', add(5), { on: other })).toMatchObject({ code: 'account_not_found' });
    await outcome('c2', settle(0), { on: other });
    await run('c0', open());
    expect((await run('c1', add(5), { on: other })).state.total).toBe(5);
  });

  it('repeats a done command on an engine that still believes the entity is unknown', async () => {
    const { run, outcome, engine, stored } = createWorld(mode);
    const other = engine();
    await outcome('c9', add(1), { on: other });
    await run('c0', open());
    const first = await run('c1', add(5));
    expect(await run('c1', add(5), { on: other })).toStrictEqual(again(first));
    expect(await stored()).toHaveLength(2);
  });

  it('records nothing when the decider breaks, and the next command goes on', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open());
    await expect(run('c1', broken('invariant'))).rejects.toBeInstanceOf(InvariantError);
    await expect(run('c2', broken('plain'))).rejects.toBeInstanceOf(TypeError);
    expect(await stored()).toHaveLength(1);
    expect((await run('c3', add(2))).state.total).toBe(2);
  });

  it('records nothing when an event does not fit its schema', async () => {
    const { run, stored } = createWorld(mode);
    await run('c0', open());
    await expect(run('c1', broken('bad-event'))).rejects.toThrow(
      /expected CounterMoved to fit its schema, found .*\/by/,
    );
    expect(await stored()).toHaveLength(1);
  });
});

describe('A stream with as many events as it may have', () => {
  it('takes no more commands, but those that end it', async () => {
    const decider = {
      ...counterDecider,
      maxEvents: 2,
      reserve: { events: 1, commands: ['Take'] },
    };
    const world = createWorld();
    const engine = world.engine();
    await execute(engine, 'c0', open(), { decider });
    await execute(engine, 'c1', add(2), { decider });
    const full = { code: 'stream_full' };
    await expect(execute(engine, 'c2', add(1), { decider })).rejects.toMatchObject(full);
    await execute(engine, 'c3', take(1), { decider });
    await expect(execute(engine, 'c4', take(1), { decider })).rejects.toMatchObject(full);
    expect(commandsOf(await world.stored())).toStrictEqual(['c0', 'c1', 'c3']);
  });
});
