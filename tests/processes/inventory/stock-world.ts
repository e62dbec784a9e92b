import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { placeAt, stepStock } from '../../../src/commands/inventory/stock.ts';
import { productDecider } from '../../../src/domain/catalog/index.ts';
import type { StockCommand, StockEvent } from '../../../src/domain/inventory/index.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { categoryOf, storeOf, SYSTEM_STORE } from '../../../src/domain/kernel/names.ts';
import { type ProcessEvent, processEvents } from '../../../src/domain/kernel/processes/events.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';
import { dispatch, type Sequence } from '../../../src/engine/commands/sequence.ts';
import { createProcessEngine } from '../../../src/engine/processes/process-engine.ts';
import type { ProcessManager } from '../../../src/engine/processes/process-manager.ts';
import { catalog } from '../../../src/features/catalog.ts';
import { inventory } from '../../../src/features/inventory.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { processes } from '../../../src/projections/processes/projection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

export const STORE = 's1';
const TYPES = eventTypes(
  catalog.events.types,
  inventory.events.types,
  processEvents.types,
  ENGINE_EVENT_TYPES,
);
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Processes that have something to do, by the events alone. */
function dueAmong(recorded: readonly RecordedEvent[], process: string, before: string) {
  const documents = new Map<string, ReturnType<typeof processes.evolve>>();
  for (const event of recorded) {
    if (categoryOf(event.stream) !== 'process' || storeOf(event.stream) === SYSTEM_STORE) continue;
    for (const key of processes.keys(event)) {
      const known = documents.get(key);
      documents.set(key, processes.evolve(known, event as RecordedEvent & ProcessEvent, key));
    }
  }
  return [...documents.values()].flatMap((each) => {
    if (each?.process !== process || each.dueAt === '' || each.dueAt >= before) return [];
    return [{ storeId: STORE, instance: each.instance }];
  });
}

/** A shop with one product, whose processes run by a clock that the test turns. */
export async function createStockWorld(process: ProcessManager, units: number) {
  const clock = createFakeClock();
  const memory = createMemoryEventLog({ clock, ids: systemIds });
  const store = createMemoryReadStore();
  const commands = createCommandEngine({ log: memory, clock, ids: systemIds, types: TYPES });

  const as = (commandId: string): Sequence => ({
    commands,
    clock,
    commandId,
    context: {
      storeId: STORE,
      now: new Date(clock.now()).toISOString(),
      businessDay: '2025-01-01',
    },
    envelope: { actor: { kind: 'key', id: 'k' }, correlationId: 'c', causationId: 'c' },
  });
  const data = { name: 'Beans', currency: 'EUR', priceMinor: 100, stockPolicy: 'tracked' } as const;
  await dispatch(as('new'), 'new', productDecider, 'beans', { type: 'CreateProduct', data });

  /** An instance; with `appends`, it is killed as it appends once more than that. */
  function start(appends = Infinity) {
    let left = appends;
    const log: EventLog = {
      ...memory,
      append(stream, expected, events) {
        left -= 1;
        if (left >= 0) return memory.append(stream, expected, events);
        // Nothing happens any more in a process that was killed.
        return new Promise(() => undefined);
      },
    };
    const engine = createProcessEngine({
      commands:
        appends === Infinity
          ? commands
          : createCommandEngine({ log, clock, ids: systemIds, types: TYPES }),
      clock,
      log,
      store,
      types: TYPES,
      ids: systemIds,
      logger,
      calendar: { businessDay: () => '2025-01-01' },
      dueInstances: (name, before) => Promise.resolve(dueAmong(memory.recorded, name, before)),
      processes: [process],
    });
    engine.start();
    return { stop: () => engine.stop(), wasKilled: () => left < 0 };
  }

  /** Lets all happen that can happen within so many ms. */
  async function settle(ms = 0): Promise<void> {
    for (let turn = 0; turn < 80; turn++) await clock.advance(turn === 0 ? ms : 0);
  }

  const ask = (id: string, command: StockCommand) =>
    stepStock(as(id), id, placeAt('beans'), command);
  await ask('in', { type: 'Replenish', data: { quantity: units } });

  /** Appends events of a stock that nothing has decided here, as its latest command would. */
  async function appendTo(stream: string, events: readonly StockEvent[]): Promise<void> {
    const last = memory.recorded.findLast((event) => event.stream === stream);
    if (!last) throw new Error('expected a stock with a command');
    const { metadata, revision } = last;
    const added = events.map((event) => ({ ...event, id: systemIds.uuid(), metadata }));
    const { outcome } = await memory.append(stream, revision, added);
    if (outcome !== 'done') throw new Error(`expected an append, found ${outcome}`);
  }

  return {
    clock,
    as,
    start,
    settle,
    ask,
    reserve: (reservationId: string, expiresInSeconds: number) =>
      ask(reservationId, {
        type: 'Reserve',
        data: { reservationId, quantity: 1, expiresInSeconds },
      }),
    /** Events of stocks and of processes, by type. */
    eventsOf: (type: string) => memory.recorded.filter((event) => event.type === type),
    streamOf: (stream: string) => memory.recorded.filter((event) => event.stream === stream),
    appendTo,
  };
}
