import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import {
  categoryOf,
  documentKey,
  storeOf,
  SYSTEM_STORE,
} from '../../../src/domain/kernel/names.ts';
import {
  type ProcessEvent,
  processEvents,
  processId,
} from '../../../src/domain/kernel/processes/events.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';
import type {
  DurableProcess,
  StepRequest,
} from '../../../src/engine/processes/durable/durable-process.ts';
import { durable } from '../../../src/engine/processes/durable/open-durable.ts';
import { createProcessEngine } from '../../../src/engine/processes/process-engine.ts';
import type { ProcessServices } from '../../../src/engine/processes/process-manager.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { ReadStore } from '../../../src/ports/read-store.ts';
import { processes } from '../../../src/projections/processes/projection.ts';
import { COUNTER_EVENT_TYPES, counterDecider, open } from '../../support/counter-decider.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

const TYPES = eventTypes(COUNTER_EVENT_TYPES, ENGINE_EVENT_TYPES, processEvents.types);
export const STORE = 's1';
const quiet = () => undefined;
export const DELIVERY_MS = 600_000;

type ParcelState = { readonly packed: boolean; readonly sent: boolean };

/** Packs and sends whatever was opened: two steps, a deadline, and a step that puts back. */
export function parcelProcess(handlers: DurableProcess['handlers']): DurableProcess<ParcelState> {
  return {
    name: 'parcel',
    categories: ['account'],
    eventTypes: ['CounterOpened'],
    correlate: ({ stream }) => stream.split('.')[1],
    initialState: { packed: false, sent: false },
    priority: () => 'high',
    react(state, input) {
      switch (input.kind) {
        case 'event':
          return {
            state,
            stage: 'packing',
            steps: [{ step: 'pack', kind: 'pack', data: { what: input.event.stream } }],
            setTimers: [{ name: 'deadline', afterMs: DELIVERY_MS }],
          };
        case 'accepted':
          if (input.step === 'unpack') return { state, stage: 'put back', ended: 'compensated' };
          if (input.step === 'send') {
            return { state: { ...state, sent: true }, stage: 'sent', ended: 'completed' };
          }
          return {
            state: { ...state, packed: true },
            stage: 'sending',
            waitsFor: 'the carrier',
            steps: [{ step: 'send', kind: 'send', data: {} }],
          };
        case 'refused':
          return {
            state,
            stage: 'unpacking',
            steps: [{ step: 'unpack', kind: 'unpack', data: { code: input.code } }],
          };
        case 'timer':
        case 'cancel':
          if (state.sent) return undefined;
          return {
            state,
            stage: 'unpacking',
            steps: [{ step: 'unpack', kind: 'unpack', data: { code: input.kind } }],
          };
      }
    },
    handlers,
  };
}

export interface Carried {
  readonly step: string;
  readonly stepId: string;
}

/** Handlers that note what they carried out, and fail as the test wants it. */
export function notingHandlers(fail: (request: StepRequest, count: number) => void = quiet) {
  const carried: Carried[] = [];
  const handler = (request: StepRequest) => {
    const { step, stepId } = request;
    carried.push({ step, stepId });
    fail(request, carried.filter((each) => each.step === step).length);
    return Promise.resolve({ step });
  };
  return { carried, handlers: { pack: handler, send: handler, unpack: handler } };
}

export interface DurableWorld {
  readonly clock: FakeClock;
  readonly log: EventLog & { readonly recorded: readonly RecordedEvent[] };
  /** Types and data of the events of an instance. */
  eventsOf(instance: string): readonly ProcessEvent[];
  open(counter: string): Promise<void>;
  /** Starts an engine; with another store, its checkpoint is lost. */
  start(process: DurableProcess<ParcelState>, store?: ReadStore): { stop(): Promise<void> };
  readonly commands: ProcessServices['commands'];
  /** Lets appends wait, as a slow log does, until the function that it returns is called. */
  holdAppends(): () => void;
  /** How often a stream was read. */
  streamReads(): number;
}

/** Reads of streams after which they fail: a process that reads on and on is found by that. */
const MAX_STREAM_READS = 10_000;

export function createDurableWorld(): DurableWorld {
  const clock = createFakeClock();
  const log = createMemoryEventLog({ clock, ids: systemIds });
  let held = Promise.resolve();
  let streamReads = 0;
  const used: EventLog = {
    ...log,
    async append(...args) {
      await held;
      return log.append(...args);
    },
    readStream(...args) {
      if (++streamReads > MAX_STREAM_READS) throw new Error('expected fewer reads of streams');
      return log.readStream(...args);
    },
  };
  const kept = createMemoryReadStore();
  const commands = createCommandEngine({ log: used, clock, ids: systemIds, types: TYPES });
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

  function dueInstances(process: string, before: string) {
    const documents = new Map<string, ReturnType<typeof processes.evolve>>();
    for (const event of log.recorded) {
      if (categoryOf(event.stream) !== 'process') continue;
      if (storeOf(event.stream) === SYSTEM_STORE) continue;
      for (const key of processes.keys(event)) {
        const known = documents.get(key);
        documents.set(key, processes.evolve(known, event as RecordedEvent & ProcessEvent, key));
      }
    }
    const due = [...documents.values()].flatMap((each) => {
      if (!each || each.process !== process) return [];
      const isDue = each.dueAt !== '' && each.dueAt < before;
      return isDue ? [{ storeId: STORE, instance: each.instance }] : [];
    });
    return Promise.resolve(due);
  }

  return {
    clock,
    log,
    commands,
    streamReads: () => streamReads,
    holdAppends() {
      let release: () => void = quiet;
      held = new Promise((resolve) => (release = resolve));
      return () => release();
    },
    eventsOf(instance) {
      const key = documentKey(STORE, processId('parcel', instance));
      return log.recorded
        .filter(({ stream }) => stream === `process-${key}`)
        .map((event) => event as RecordedEvent & ProcessEvent);
    },
    async open(counter) {
      await commands.execute(counterDecider, {
        command: open(),
        context: {
          storeId: STORE,
          entityId: counter,
          commandId: `open ${counter}`,
          now: new Date(clock.now()).toISOString(),
          businessDay: '2025-01-01',
        },
        actor: { kind: 'key', id: 'k1' },
        correlationId: `c-${counter}`,
        causationId: `c-${counter}`,
      });
    },
    start(process, store = kept) {
      const engine = createProcessEngine({
        commands,
        clock,
        log,
        store,
        types: TYPES,
        ids: systemIds,
        logger,
        calendar: { businessDay: () => '2025-01-01' },
        dueInstances,
        processes: [durable(process)],
      });
      engine.start();
      return engine;
    },
  };
}
