import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { createStateCache, type StateCache } from '../../../src/engine/commands/state-cache.ts';
import type { StreamState } from '../../../src/engine/commands/stream-state.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import {
  add,
  addMany,
  type CounterCommand,
  type CounterState,
  open,
  settle,
  take,
} from '../../support/counter-decider.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import {
  BARE,
  commandsOf,
  createWorld,
  fold,
  type Outcome,
  type RunOptions,
  STREAM,
  type World,
} from './engine-world.ts';

type Entry = StreamState<unknown>;

/** A bit of everything: new, repeated, refused, empty, reused, guarded and unknown. */
const SCRIPT: readonly (readonly [string, CounterCommand, RunOptions?])[] = [
  ['c2', addMany(5, 6)],
  ['c1', add(5)],
  ['c3', settle(16)],
  ['c4', add(100)],
  ['c1', add(6)],
  ['c5', take(1), { ifRevision: 5 }],
  ['c6', take(1), { ifRevision: 2 }],
  ['c4', add(100)],
  ['c0', open(50)],
  ['x1', add(1), { entity: 'nobody' }],
  ['c7', settle(3)],
  ['c8', take(4)],
];

/** Each try draws new event ids; everything else of an outcome must be the same. */
function comparable(outcome: Outcome): unknown {
  if (outcome.kind !== 'done') return outcome;
  return { ...outcome, events: outcome.events.map(({ id, ...event }) => ({ ...event, id: !!id })) };
}

async function play(world: World, cache?: StateCache): Promise<unknown> {
  const on = world.engine(cache && { cache });
  await world.run('c0', open(50));
  await world.run('c1', add(5));
  await world.run('d0', open(7), { entity: 'c2' });
  const outcomes: unknown[] = [];
  for (const [id, command, options] of SCRIPT) {
    outcomes.push(comparable(await world.outcome(id, command, { on, ...options })));
  }
  const events = await world.stored();
  return { outcomes, log: events.map(({ id, ...event }) => ({ ...event, id: !!id })) };
}

/** A cache that answers with whatever `pick` makes of what was ever put into it. */
function poisoned(pick: (stream: string, all: readonly Entry[]) => Entry | undefined): StateCache {
  const all: Entry[] = [];
  return {
    get: (stream) => pick(stream, all),
    set: (entry) => {
      all.push(entry);
    },
    delete: () => undefined,
  };
}

const forged = (stream: string, part: Partial<Entry> = {}): Entry => ({
  stream,
  revision: 1,
  lastEventId: 'forged',
  lastPosition: { commit: 1n, prepare: 1n },
  state: { opened: true, limit: 1_000_000, total: 999, moves: 1, trail: 1 } satisfies CounterState,
  handled: new Map(),
  ...part,
});

const mine = (stream: string, all: readonly Entry[]) =>
  all.filter((entry) => entry.stream === stream);

const POISONS: Readonly<Record<string, () => StateCache>> = {
  'the first entry of the stream for ever': () => poisoned((stream, all) => mine(stream, all)[0]),
  'the entry before the newest': () => poisoned((stream, all) => mine(stream, all).at(-2)),
  'entries in turn, old and new': () => {
    let turn = 0;
    return poisoned((stream, all) => {
      const own = mine(stream, all);
      return own[(turn++ * 7) % own.length];
    });
  },
  'an entry of another stream': () =>
    poisoned((stream, all) => all.find((entry) => entry.stream !== stream)),
  'an entry of another stream under this name': () =>
    poisoned((stream, all) => {
      const other = all.find((entry) => entry.stream !== stream);
      return other && { ...other, stream };
    }),
  'a forged entry': () => poisoned((stream) => forged(stream)),
  'a forged entry that claims every command': () =>
    poisoned((stream) => {
      const handled = new Map(SCRIPT.map(([id]) => [id, { revision: 0, count: 1 }]));
      return forged(stream, { handled });
    }),
  'a copy of the newest entry with another state': () =>
    poisoned((stream, all) => {
      const newest = mine(stream, all).at(-1);
      return newest && { ...newest, state: { ...(newest.state as CounterState), limit: 1 } };
    }),
  'a copy of the newest entry that is ahead of the log': () =>
    poisoned((stream, all) => {
      const newest = mine(stream, all).at(-1);
      return newest && { ...newest, revision: newest.revision + 3 };
    }),
  'nothing, always': () => poisoned(() => undefined),
};

describe('a poisoned cache', () => {
  it.each(Object.keys(POISONS))('changes no outcome when it holds %s', async (name) => {
    const clean = await play(createWorld(BARE));
    expect(await play(createWorld(BARE), POISONS[name]?.())).toStrictEqual(clean);
  });

  it('changes no outcome when an entry claims commands that were never carried out', async () => {
    const cache = createStateCache();
    const clean = createWorld(BARE);
    const world = createWorld(BARE);
    const on = world.engine({ cache });
    for (const { run } of [clean, world]) await run('c0', open(50));
    await world.outcome('c1', settle(0), { on });
    cache.get(STREAM)?.handled.set('c2', { revision: 0, count: 1 });

    const expected = comparable(await clean.outcome('c2', add(5)));
    expect(comparable(await world.outcome('c2', add(5), { on }))).toStrictEqual(expected);
    expect(commandsOf(await world.stored())).toStrictEqual(['c0', 'c2']);
  });

  it('cannot be made by changing an entry that the engine keeps', async () => {
    const cache = createStateCache();
    const { run, engine } = createWorld(BARE);
    const on = engine({ cache });
    await run('c0', open(50), { on });
    const entry = cache.get(STREAM) as { revision: number; state: unknown } & Entry;
    expect(() => {
      entry.state = { ...(entry.state as CounterState), limit: 1_000 };
    }).toThrow(TypeError);
    expect(() => {
      (entry.state as { limit: number }).limit = 1_000;
    }).toThrow(TypeError);
  });

  it('cannot be made through a result that was handed out', async () => {
    const { run, engine } = createWorld(BARE);
    const on = engine({ cache: createStateCache() });
    const result = await run('c0', open(50), { on });
    expect(() => {
      (result.state as { limit: number }).limit = 1_000;
    }).toThrow(TypeError);
    (result.events as unknown[]).length = 0;
    expect((await run('c1', add(50), { on })).state.total).toBe(50);
  });

  it('is not believed by another engine, even when its entries are true', async () => {
    const cache = createStateCache();
    const { run, engine } = createWorld(BARE);
    await run('c0', open(50), { on: engine({ cache }) });
    expect((await run('c1', add(5), { on: engine({ cache }) })).state.total).toBe(5);
  });
});

/** A log that can be exchanged under the engine, as a server restored from an older copy is. */
function createRestorableLog() {
  const clock = createFakeClock();
  const make = () => createMemoryEventLog({ clock, ids: systemIds });
  let now = make();
  const log: EventLog = {
    logId: () => now.logId(),
    append: (...args) => now.append(...args),
    readStream: (...args) => now.readStream(...args),
    readAll: (...args) => now.readAll(...args),
    readAt: (...args) => now.readAt(...args),
    countAfter: (...args) => now.countAfter(...args),
    head: () => now.head(),
    subscribe: (...args) => now.subscribe(...args),
    ping: () => now.ping(),
    close: () => now.close(),
  };
  /** Puts back a copy of the first `count` events of the stream. */
  async function restore(count: number): Promise<void> {
    const events = (await now.readStream(STREAM)).slice(0, count);
    now = make();
    const again: NewEvent[] = events.map(({ id, type, data, metadata }) => ({
      id,
      type,
      data,
      metadata,
    }));
    await now.append(STREAM, 'no-stream', again);
  }
  return { log, restore };
}

describe('an entry that is ahead of the log', () => {
  async function restoredWorld() {
    const { log, restore } = createRestorableLog();
    const world = createWorld({ name: '', cache: true, snapshots: true }, { log });
    await world.run('c0', open(50));
    await world.run('c1', add(5));
    await world.run('c2', add(6));
    await world.run('c3', add(7));
    await restore(2);
    return world;
  }

  it('is thrown away: a new command is decided on what the log holds', async () => {
    const { run, stored } = await restoredWorld();
    const result = await run('c4', add(1));
    expect(result).toMatchObject({ revision: 2, state: { total: 6 } });
    expect(result.state).toStrictEqual(fold(await stored()));
  });

  it('does not answer for a command that the log has lost: it is carried out', async () => {
    const { run, stored } = await restoredWorld();
    const result = await run('c3', add(7));
    expect(result).toMatchObject({ repeated: false, revision: 2, state: { total: 12 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'c3']);
  });

  it('does not answer with what other commands put in the place of a lost one', async () => {
    const { run, engine, stored } = await restoredWorld();
    const other = engine();
    await run('n1', add(20), { on: other });
    await run('n2', add(21), { on: other });
    expect(await run('c3', add(2))).toMatchObject({ repeated: false, state: { total: 48 } });
    expect(commandsOf(await stored())).toStrictEqual(['c0', 'c1', 'n1', 'n2', 'c3']);
  });

  it('still answers for a command that the log has kept', async () => {
    const { run } = await restoredWorld();
    expect(await run('c1', add(5))).toMatchObject({
      repeated: true,
      revision: 1,
      state: { total: 5 },
    });
  });
});
