import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { createProcessEngine } from '../../../src/engine/processes/process-engine.ts';
import type { ProcessManager } from '../../../src/engine/processes/process-manager.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { ReadStore } from '../../../src/ports/read-store.ts';
import { createQuickClock, eventually } from '../../support/projection-world.ts';
import { TOY_TYPES, toyEvent } from '../../support/toy-projections.ts';

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const clock = createQuickClock();

interface Run {
  /** Places of the checkpoint, one after the other. */
  readonly moves: readonly bigint[];
  /** Streams of the events that it reacted to. */
  readonly met: readonly string[];
}

/** Runs a process over the log until it has reacted so often. */
async function run(log: EventLog, store: ReadStore, reactions: number): Promise<Run> {
  const moves: bigint[] = [];
  const met: string[] = [];
  const process: ProcessManager = {
    name: 'counter',
    categories: ['order'],
    eventTypes: ['LineAdded'],
    react: async ({ stream }) => {
      met.push(stream);
    },
  };
  const watched: ReadStore = {
    ...store,
    async commit(commit) {
      const outcome = await store.commit(commit);
      if (outcome.outcome === 'done') {
        moves.push(...commit.checkpoints.map(({ to }) => to.position.commit));
      }
      return outcome;
    },
  };
  const none = () => Promise.reject(new Error('no command'));
  const commands = { execute: none, load: none };
  const engine = createProcessEngine({
    commands,
    clock,
    log,
    store: watched,
    types: TOY_TYPES,
    ids: systemIds,
    logger,
    calendar: { businessDay: () => '2030-01-01' },
    dueInstances: () => Promise.resolve([]),
    processes: [process],
  });
  engine.start();
  await eventually(() => met.length >= reactions);
  await engine.stop();
  return { moves, met };
}

async function logOf(count: number): Promise<EventLog> {
  const log = createMemoryEventLog({ clock, ids: systemIds });
  for (let i = 0; i < count; i++) await appendTo(log, i);
  return log;
}

async function appendTo(log: EventLog, order: number): Promise<string> {
  const stream = streamName('order', 's1', String(order));
  await log.append(stream, 'no-stream', [toyEvent('s1', 'LineAdded')]);
  return stream;
}

describe('the checkpoint of a process', () => {
  // A subscription that began further back moved it back, event by event.
  it('stays where it is while events come again', async () => {
    const log = await logOf(5);
    const store = createMemoryReadStore();
    await run(log, store, 5);
    const rewinding: EventLog = {
      ...log,
      subscribe: (options) => log.subscribe({ ...options, after: START }),
    };
    const added = await appendTo(log, 5);
    expect(await run(rewinding, store, 1)).toEqual({ moves: [5n], met: [added] });
  });

  it('goes back where the log is an older copy of itself', async () => {
    const log = await logOf(5);
    const store = createMemoryReadStore();
    await run(log, store, 5);
    const older: EventLog = { ...(await logOf(2)), logId: () => log.logId() };
    expect((await run(older, store, 2)).moves).toEqual([1n]);
  });
});

describe('an event that a subscription leaves out', () => {
  // Processes passed over it for ever, and a charge that it stood for was never completed.
  it('is reacted to, in its place', async () => {
    const log = await logOf(2);
    const streams = ['0', '1', '2', '3'].map((order) => streamName('order', 's1', order));
    const forgetful: EventLog = {
      ...log,
      async *subscribe(options) {
        for await (const message of log.subscribe({ ...options, after: START })) {
          if (message.kind !== 'events') yield message;
          const events = message.kind === 'events' ? message.events.slice(-1) : [];
          if (events.length > 0) yield { kind: 'events', events };
        }
      },
    };
    const running = run(forgetful, createMemoryReadStore(), 4);
    await appendTo(log, 2);
    await appendTo(log, 3);
    expect((await running).met).toEqual(streams);
  });
});
