import type { NewEvent } from '../../../src/domain/kernel/event.ts';
import { add, counterDecider, type CounterEvent, open } from '../../support/counter-decider.ts';
import { again, createWorld, execute, MODES, STREAM, type World } from './engine-world.ts';

const stored = (type: string, schemaVersion: number, data: unknown): NewEvent => ({
  id: `${type}-${schemaVersion}`,
  type,
  data,
  metadata: {
    storeId: 's1',
    commandId: `old-${type}`,
    fields: {},
    correlationId: 'r',
    causationId: 'r',
    actor: { kind: 'system', id: 'test' },
    schemaVersion,
  },
});

/** A stream that older or newer code has gone on with. */
async function worldWith(mode: (typeof MODES)[number], event: NewEvent): Promise<World> {
  const world = createWorld(mode);
  await world.run('c0', open());
  const { outcome } = await world.log.append(STREAM, 0, [event]);
  expect(outcome).toBe('done');
  return world;
}

describe.each(MODES)('events of other versions ($name)', (mode) => {
  it('are folded through their upcasters', async () => {
    const { run } = await worldWith(mode, stored('CounterMoved', 1, { amount: 5 }));
    expect((await run('c1', add(2))).state).toMatchObject({ total: 7, moves: 2 });
  });

  it('are answered in the version of today when their command is repeated', async () => {
    const { run, log } = await worldWith(mode, stored('CounterMoved', 1, { amount: 5 }));
    const first = await run('c1', add(2));
    const old = (await log.readStream(STREAM))[2];
    if (!old) throw new Error('expected an event');
    const { id, type, metadata } = old;
    const world = await worldWith(mode, {
      id,
      type,
      data: { amount: 2 },
      metadata: { ...metadata, schemaVersion: 1 },
    });
    const repeat = await world.run('c1', add(2));
    expect(repeat).toMatchObject({ repeated: true, events: [{ data: { by: 2 } }] });
    expect(repeat.events[0]?.metadata.schemaVersion).toBe(2);
    expect(first.events).toMatchObject([{ data: { by: 2 } }]);
  });

  it.each([
    ['of the future', stored('CounterMoved', 3, { by: 5 })],
    ['of an unknown type', stored('CounterPainted', 1, {})],
  ])('stop every command on their stream when they are %s', async (_, event) => {
    const { run, log } = await worldWith(mode, event);
    const unreadable = { code: 'unreadable_event', retryable: false };
    await expect(run('c1', add(2))).rejects.toMatchObject(unreadable);
    await expect(run('c1', add(2))).rejects.toThrow(event.id);
    expect(await log.readStream(STREAM)).toHaveLength(2);
    expect((await run('d0', open(), { entity: 'c2' })).revision).toBe(0);
  });

  it('can be read by another engine once it knows them, after one that did not', async () => {
    const world = await worldWith(mode, stored('CounterMoved', 1, { amount: 5 }));
    const result = await world.run('c1', add(2));
    expect(await world.run('c1', add(2), { on: world.engine() })).toStrictEqual(again(result));
  });
});

describe('a decider whose fold has changed', () => {
  it('does not begin with a snapshot of the fold before', async () => {
    const world = createWorld({ name: '', cache: false, snapshots: true });
    await world.run('c0', open());
    await world.run('c1', add(5));
    // Counts double since version 2.
    const next = {
      ...counterDecider,
      version: 2,
      evolve: (state: typeof counterDecider.initialState, event: CounterEvent) => {
        const evolved = counterDecider.evolve(state, event);
        const by = event.type === 'CounterMoved' ? event.data.by : 0;
        return { ...evolved, total: evolved.total + by };
      },
    };
    const result = await execute(world.engine(), 'c2', add(1), { decider: next });
    expect(result.state.total).toBe(12);
  });
});
