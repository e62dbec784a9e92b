import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { streamName } from '../../src/domain/kernel/names.ts';
import { START } from '../../src/domain/kernel/position.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { ReadStore } from '../../src/ports/read-store.ts';
import { createProcessEngine } from '../../src/processes/engine/process-engine.ts';
import type { Process } from '../../src/processes/engine/process.ts';
import { createQuickClock, eventually } from '../support/projection-world.ts';
import { toyEvent, TOY_TYPES } from '../support/toy-projections.ts';

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const clock = createQuickClock();

/** Runs a process over the log until it has reacted so often, and tells where its checkpoint was. */
async function run(log: EventLog, store: ReadStore, reactions: number): Promise<bigint[]> {
  const moves: bigint[] = [];
  let reacted = 0;
  const process: Process = {
    name: 'counter',
    categories: ['order'],
    eventTypes: ['LineAdded'],
    react: async () => {
      reacted += 1;
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
  const commands = { execute: () => Promise.reject(new Error('no command')) };
  const engine = createProcessEngine({
    commands,
    clock,
    log,
    store: watched,
    types: TOY_TYPES,
    ids: systemIds,
    logger,
    processes: [process],
  });
  engine.start();
  await eventually(() => reacted >= reactions);
  await engine.stop();
  return moves;
}

async function logOf(count: number): Promise<EventLog> {
  const log = createMemoryEventLog({ clock, ids: systemIds });
  for (let i = 0; i < count; i++) {
    const stream = streamName('order', 's1', String(i));
    await log.append(stream, 'no-stream', [toyEvent('s1', 'LineAdded')]);
  }
  return log;
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
    expect(await run(rewinding, store, 5)).toEqual([]);
    expect((await store.checkpoint('process-counter'))?.position.commit).toBe(4n);
  });

  it('goes back where the log is an older copy of itself', async () => {
    const log = await logOf(5);
    const store = createMemoryReadStore();
    await run(log, store, 5);
    const older: EventLog = { ...(await logOf(2)), logId: () => log.logId() };
    expect((await run(older, store, 2))[0]).toBe(0n);
  });
});
