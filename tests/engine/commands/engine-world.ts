import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { TillstreamError } from '../../../src/domain/kernel/errors.ts';
import type { NewEvent, RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { eventTypes, upcast } from '../../../src/domain/kernel/event-types.ts';
import { formatPosition } from '../../../src/domain/kernel/position.ts';
import {
  type CommandEngine,
  type CommandRequest,
  type CommandResult,
  createCommandEngine,
  RefusedError,
} from '../../../src/engine/commands/command-engine.ts';
import { ENGINE_EVENT_TYPES } from '../../../src/engine/commands/engine-events.ts';
import { createSnapshots, type Snapshots } from '../../../src/engine/commands/snapshots.ts';
import {
  createStateCache,
  noStateCache,
  type StateCache,
} from '../../../src/engine/commands/state-cache.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { Ids } from '../../../src/ports/ids.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { Snapshot, SnapshotStore } from '../../../src/ports/snapshot-store.ts';
import {
  COUNTER_EVENT_TYPES,
  type CounterCommand,
  counterDecider,
  type CounterEvent,
  type CounterState,
} from '../../support/counter-decider.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFaultyLog, type FaultyLog } from '../../support/faulty-log.ts';

export interface Mode {
  readonly name: string;
  readonly cache: boolean;
  readonly snapshots: boolean;
}

/** Cache and snapshots are hints: every scenario holds with and without each of them. */
export const MODES: readonly Mode[] = [true, false].flatMap((cache) =>
  [true, false].map((snapshots) => ({
    name: `cache ${cache ? 'on' : 'off'}, snapshots ${snapshots ? 'on' : 'off'}`,
    cache,
    snapshots,
  })),
);
export const BARE: Mode = { name: 'bare', cache: false, snapshots: false };

export const TYPES = eventTypes(COUNTER_EVENT_TYPES, ENGINE_EVENT_TYPES);
export const STREAM = 'account-s1.c1';

export type Result = CommandResult<CounterState, CounterEvent & NewEvent>;

export interface RunOptions extends Partial<
  Pick<
    CommandRequest,
    'creates' | 'ifRevision' | 'branchId' | 'deviceId' | 'occurredAt' | 'actor' | 'causationId'
  >
> {
  readonly on?: CommandEngine;
  readonly entity?: string;
  readonly storeId?: string;
}

export type Run = (id: string, command: CounterCommand, options?: RunOptions) => Promise<Result>;

export interface World {
  readonly log: FaultyLog;
  readonly clock: FakeClock;
  readonly snapshots: TestSnapshots;
  /** Another engine over the same log: another process, or this one after a restart. */
  readonly engine: (hints?: { cache?: StateCache; snapshots?: Snapshots }) => CommandEngine;
  /** Carries a command out on the counter `c1` of store `s1`, on the first engine. */
  readonly run: Run;
  /** As `run`, with what came of it as data: outcomes can be compared. */
  readonly outcome: (id: string, command: CounterCommand, options?: RunOptions) => Promise<Outcome>;
  readonly stored: (entity?: string) => Promise<RecordedEvent[]>;
}

export interface WorldOptions {
  readonly log?: EventLog;
  readonly clock?: FakeClock;
  readonly ids?: Ids;
  readonly appendDeadlineMs?: number;
}

/** No jitter, so that pauses can be foretold. */
const calmIds: Ids = { ...systemIds, random: () => 0.5 };

export function createWorld(mode: Mode = BARE, options: WorldOptions = {}): World {
  const { clock = createFakeClock(undefined, { autoAdvance: true }), ids = calmIds } = options;
  const log = createFaultyLog(options.log ?? createMemoryEventLog({ clock, ids }));
  const snapshots = createTestSnapshots();

  const engine: World['engine'] = (hints = {}) =>
    createCommandEngine({
      log,
      clock,
      ids,
      types: TYPES,
      cache: hints.cache ?? (mode.cache ? createStateCache() : noStateCache),
      ...((hints.snapshots ?? mode.snapshots) && {
        snapshots: hints.snapshots ?? snapshots.eager,
      }),
      ...(options.appendDeadlineMs !== undefined && { appendDeadlineMs: options.appendDeadlineMs }),
    });
  const first = engine();
  const run: Run = (id, command, { on = first, ...rest } = {}) => execute(on, id, command, rest);

  return {
    log,
    clock,
    snapshots,
    engine,
    run,
    outcome: (...args) => outcomeOf(run(...args)),
    stored: (entity = 'c1') => readAll(log, `account-s1.${entity}`),
  };
}

/** Carries out a command the way the API does. */
export async function execute(
  engine: CommandEngine,
  id: string,
  command: CounterCommand,
  {
    entity = 'c1',
    storeId = 's1',
    decider = counterDecider,
    ...rest
  }: Omit<RunOptions, 'on'> & { readonly decider?: typeof counterDecider } = {},
): Promise<Result> {
  const result = await engine.execute(decider, {
    command,
    context: {
      storeId,
      entityId: entity,
      commandId: id,
      now: '2025-01-01T00:00:00.000Z',
      businessDay: '2025-01-01',
    },
    actor: { kind: 'key', id: 'till-1' },
    correlationId: `correlation of ${id}`,
    causationId: `request of ${id}`,
    ...rest,
  });
  return result as Result;
}

export type Outcome =
  | ({ readonly kind: 'done'; readonly repeated: boolean } & Omit<Result, 'repeated'>)
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly details: unknown;
      readonly position: string;
      readonly repeated: boolean;
    }
  | { readonly kind: 'error'; readonly code: string; readonly details: unknown };

export async function outcomeOf(running: Promise<Result>): Promise<Outcome> {
  try {
    return { kind: 'done', ...(await running) };
  } catch (error) {
    if (error instanceof RefusedError) {
      const { code, message, details, repeated } = error;
      const position = formatPosition(error.position);
      return { kind: 'refused', code, message, details, position, repeated };
    }
    if (!(error instanceof TillstreamError)) throw error;
    return { kind: 'error', code: error.code, details: error.details };
  }
}

/** The part of a result that comes from an event in the log. */
export function asAnswered({ id, type, data, metadata }: RecordedEvent) {
  return { id, type, data, metadata };
}

/** What a repeat must answer: the first outcome, and that it is a repeat. */
export function again<T extends Outcome | Result>(first: T): T & { repeated: boolean } {
  return { ...first, repeated: true };
}

/** All events of a stream, around every fault and page limit. */
export async function readAll(log: EventLog, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readStream(stream, { from: events.length, limit: 1_000 });
    events.push(...page);
    if (page.length === 0) return events;
  }
}

/** The state by the plainest of folds. */
export function fold(events: readonly RecordedEvent[]): CounterState {
  return events
    .filter(({ type }) => type !== 'CommandRefused')
    .map((event) => upcast(TYPES, event) as unknown as CounterEvent)
    .reduce((state, event) => counterDecider.evolve(state, event), counterDecider.initialState);
}

export const revisionsOf = (events: readonly RecordedEvent[]) =>
  events.map(({ revision }) => revision);
export const commandsOf = (events: readonly RecordedEvent[]) =>
  events.map(({ metadata }) => metadata.commandId);
export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

export interface TestSnapshots {
  readonly kept: Map<string, Snapshot>;
  readonly store: SnapshotStore;
  readonly warnings: unknown[];
  readonly logger: Logger;
  /** How many loads began with a snapshot. */
  readonly hits: number;
  /** The real snapshots, but written after every append, so that short streams have them too. */
  readonly eager: Snapshots;
}

function createTestSnapshots(): TestSnapshots {
  const kept = new Map<string, Snapshot>();
  const store: SnapshotStore = {
    get: async (stream) => kept.get(stream),
    put: async (snapshot) => {
      kept.set(snapshot.stream, snapshot);
    },
  };
  const warnings: unknown[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields) => warnings.push(fields),
    error: () => undefined,
  };
  const real = createSnapshots(store, systemDigest, logger);
  let hits = 0;
  const eager: Snapshots = {
    load: async (stream, decider) => {
      const loaded = await real.load(stream, decider);
      if (loaded) hits += 1;
      return loaded;
    },
    offer: (_before, entry, decider) => {
      real.offer(-1_000, entry, decider);
    },
  };
  return {
    kept,
    store,
    warnings,
    logger,
    get hits() {
      return hits;
    },
    eager,
  };
}
