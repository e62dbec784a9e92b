import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';
import {
  cancelDecider,
  retryDecider,
} from '../../../src/engine/processes/durable/instance-decider.ts';
import {
  createDurableWorld,
  DELIVERY_MS,
  type DurableWorld,
  notingHandlers,
  parcelProcess,
  STORE,
} from './durable-world.ts';

/** Turns of the event loop until everything that can happen at this time has happened. */
async function settle({ clock }: DurableWorld, ms = 0): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await clock.advance(turn === 0 ? ms : 0);
}

const stages = (world: DurableWorld, instance: string) =>
  world
    .eventsOf(instance)
    .map((event) => (event.type === 'ProcessReacted' ? event.data.stage : event.type));

async function run(world: DurableWorld, decider: ReturnType<typeof retryDecider>, id: string) {
  return world.commands.execute(decider, {
    command: { type: 'operate', data: {} },
    context: {
      storeId: STORE,
      entityId: `parcel:${id}`,
      commandId: `operator ${id}`,
      now: new Date(world.clock.now()).toISOString(),
      businessDay: '2025-01-01',
    },
    actor: { kind: 'operator', id: 'k1' },
    correlationId: 'c1',
    causationId: 'c1',
  });
}

describe('a process with a memory', () => {
  it('carries out its steps one after the other and ends', async () => {
    const world = createDurableWorld();
    const { carried, handlers } = notingHandlers();
    const engine = world.start(parcelProcess(handlers));
    await settle(world);
    await world.open('a');
    await settle(world);
    expect(stages(world, 'a')).toEqual(['packing', 'sending', 'sent']);
    expect(carried.map(({ stepId }) => stepId)).toEqual(['parcel:a pack', 'parcel:a send']);
    expect(world.eventsOf('a').at(-1)?.data).toMatchObject({ ended: 'completed', timers: [] });
    await settle(world, 2 * DELIVERY_MS);
    expect(carried).toHaveLength(2);
    await engine.stop();
  });

  it('records what it decided before it does it, and resumes it after a crash', async () => {
    const world = createDurableWorld();
    const dying = notingHandlers(() => {
      throw new Error('the instance is killed here');
    });
    const engine = world.start(parcelProcess(dying.handlers));
    await settle(world);
    await world.open('a');
    await settle(world);
    await engine.stop();
    expect(stages(world, 'a')).toEqual(['packing']);

    const { carried, handlers } = notingHandlers();
    const next = world.start(parcelProcess(handlers));
    await settle(world, 10_000);
    expect(stages(world, 'a')).toEqual(['packing', 'sending', 'sent']);
    expect(carried[0]).toEqual(dying.carried[0]);
    await next.stop();
  });

  it('reacts to a final refusal, and puts back', async () => {
    const world = createDurableWorld();
    const { carried, handlers } = notingHandlers(({ step }) => {
      if (step === 'send') throw new DomainError('credit_limit_exceeded', 'no credit');
    });
    const engine = world.start(parcelProcess(handlers));
    await settle(world);
    await world.open('a');
    await settle(world);
    expect(stages(world, 'a')).toEqual(['packing', 'sending', 'unpacking', 'put back']);
    expect(carried.filter(({ step }) => step === 'send')).toHaveLength(1);
    await engine.stop();
  });

  it('fires a timer once, at its time, whatever the read model says', async () => {
    const world = createDurableWorld();
    const never = notingHandlers(({ step }) => {
      if (step === 'pack') throw new Error('not now');
    });
    const engine = world.start(parcelProcess(never.handlers));
    await settle(world);
    await world.open('a');
    await settle(world, DELIVERY_MS - 1_000);
    expect(stages(world, 'a')).not.toContain('unpacking');
    await settle(world, 2_000);
    await settle(world, 20_000);
    expect(stages(world, 'a').filter((stage) => stage === 'unpacking')).toHaveLength(1);
    await engine.stop();
    const again = world.start(parcelProcess(never.handlers));
    await settle(world, 20_000);
    expect(stages(world, 'a').filter((stage) => stage === 'unpacking')).toHaveLength(1);
    await again.stop();
  });

  it('rests while the log takes its time to record that a timer fired', async () => {
    const world = createDurableWorld();
    const { handlers } = notingHandlers(({ step }) => {
      if (step === 'pack') throw new Error('no paper');
    });
    const engine = world.start(parcelProcess(handlers));
    await settle(world);
    await world.open('a');
    await settle(world);
    await settle(world, DELIVERY_MS - 1_000);
    const release = world.holdAppends();
    const before = world.streamReads();
    await settle(world, 2_000);
    expect(world.streamReads() - before).toBeLessThan(10);
    release();
    await settle(world);
    expect(stages(world, 'a').filter((stage) => stage === 'unpacking')).toHaveLength(1);
    await engine.stop();
  });

  it('does not react to what was recorded before it was enabled, even with a lost checkpoint', async () => {
    const world = createDurableWorld();
    await world.open('before');
    const { carried, handlers } = notingHandlers();
    const engine = world.start(parcelProcess(handlers));
    await settle(world);
    await world.open('after');
    await settle(world);
    await engine.stop();
    expect(stages(world, 'before')).toEqual([]);
    const again = world.start(parcelProcess(handlers), createMemoryReadStore());
    await settle(world, 20_000);
    await again.stop();
    expect(stages(world, 'before')).toEqual([]);
    expect(carried).toHaveLength(2);
  });

  it('shows a step that keeps failing as stuck, once, and tries it at once for an operator', async () => {
    const world = createDurableWorld();
    let isBroken = true;
    const { carried, handlers } = notingHandlers(({ step }) => {
      if (step === 'pack' && isBroken) throw new Error('no paper');
    });
    const engine = world.start(parcelProcess(handlers));
    await settle(world);
    await world.open('a');
    await settle(world, 45_000);
    expect(stages(world, 'a')).toEqual(['packing', 'ProcessStuck']);
    expect(carried).toHaveLength(8);
    expect(world.eventsOf('a').at(-1)?.data).toMatchObject({ step: 'pack', reason: 'no paper' });
    isBroken = false;
    await run(world, retryDecider('parcel', 'a'), 'a');
    await settle(world, 6_000);
    expect(stages(world, 'a')).toEqual([
      'packing',
      'ProcessStuck',
      'ProcessRetried',
      'sending',
      'sent',
    ]);
    await engine.stop();
  });

  it('ends with everything put back when an operator cancels it, and not twice', async () => {
    const world = createDurableWorld();
    const { handlers } = notingHandlers(({ step }) => {
      if (step === 'send') throw new Error('the carrier is closed');
    });
    const process = parcelProcess(handlers);
    const engine = world.start(process);
    await settle(world);
    await world.open('a');
    await settle(world, 1_000);
    await run(world, cancelDecider(process, 'a'), 'a');
    await settle(world, 6_000);
    expect(stages(world, 'a')).toContain('put back');
    await expect(
      world.commands.execute(cancelDecider(process as never, 'b'), {
        command: { type: 'operate', data: {} },
        context: {
          storeId: STORE,
          entityId: 'parcel:b',
          commandId: 'x',
          now: new Date(world.clock.now()).toISOString(),
          businessDay: '2025-01-01',
        },
        actor: { kind: 'operator', id: 'k1' },
        correlationId: 'c1',
        causationId: 'c1',
      }),
    ).rejects.toMatchObject({ code: 'process_not_found' });
    await engine.stop();
  });

  it('decides once where two instances run it at the same time', async () => {
    const world = createDurableWorld();
    const one = notingHandlers();
    const two = notingHandlers();
    const engines = [one, two].map(({ handlers }) => world.start(parcelProcess(handlers)));
    await settle(world);
    await Promise.all(['a', 'b', 'c'].map((counter) => world.open(counter)));
    await settle(world, 20_000);
    for (const counter of ['a', 'b', 'c']) {
      expect(stages(world, counter)).toEqual(['packing', 'sending', 'sent']);
    }
    const ids = new Set([...one.carried, ...two.carried].map(({ stepId }) => stepId));
    expect(ids.size).toBe(6);
    await Promise.all(engines.map((engine) => engine.stop()));
  });
});
