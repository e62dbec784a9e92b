import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { openSqliteReadStore } from '../../src/adapters/sqlite/read-store.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import type { NewEvent, RecordedEvent } from '../../src/domain/kernel/event.ts';
import { upcast } from '../../src/domain/kernel/event-types.ts';
import { canonicalJson } from '../../src/domain/kernel/fingerprint.ts';
import { categoryOf, storeOf } from '../../src/domain/kernel/names.ts';
import {
  comparePositions,
  formatPosition,
  type Position,
  START,
} from '../../src/domain/kernel/position.ts';
import type { Projection } from '../../src/engine/projections/folding/projection.ts';
import type { ProjectionLimits } from '../../src/engine/projections/limits.ts';
import {
  createProjectionEngine,
  type ProjectionEngine,
} from '../../src/engine/projections/projection-engine.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { ReadStore } from '../../src/ports/read-store.ts';
import { createFaultLog, type FaultLog } from './fault-log.ts';
import { createFaultStore, type FaultStore } from './fault-store.ts';
import { createToys, TOY_TYPES, type Toys } from './toy-projections.ts';

/** Upper bound of waits: reached only when something hangs. */
export const PATIENCE_MS = 5_000;
const SHORT_MS = 20;

/** Back-offs end in the next turn of the event loop; longer waits are real and mean a hang. */
export function createQuickClock(): Clock {
  let now = Date.UTC(2025, 0, 1);
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        if (ms <= SHORT_MS) {
          now += ms;
          setImmediate(resolve);
          return;
        }
        const wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal?.addEventListener('abort', wake);
      }),
  };
}

export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface WorldOptions {
  readonly toys?: Toys;
  readonly projections?: readonly Projection[];
  readonly limits?: Partial<ProjectionLimits>;
  readonly clock?: Clock;
  readonly log?: EventLog;
  readonly store?: ReadStore;
}

export interface World {
  readonly toys: Toys;
  readonly log: FaultLog;
  readonly store: FaultStore;
  readonly lines: readonly LogLine[];
  /** The current engine; `restart` creates another one on the same storage. */
  readonly engine: ProjectionEngine;
  restart(options?: Pick<WorldOptions, 'projections' | 'limits' | 'toys'>): Promise<void>;
  /** Appends to a stream at its current revision. @returns the last position. */
  append(stream: string, ...events: readonly NewEvent[]): Promise<Position>;
  caughtUp(): Promise<void>;
  events(): Promise<readonly RecordedEvent[]>;
  /** Engine events of one type. */
  recorded(type: string): Promise<readonly RecordedEvent[]>;
  /** Physical name of the serving collection. */
  collection(projection: string): string;
  documents(projection: string): Promise<Documents>;
  /** The documents of the log by the simplest possible fold. */
  expected(projection: string, skipped?: readonly string[]): Promise<Documents>;
  close(): Promise<void>;
}

/** Documents by key, each as canonical text of shop, position and body. */
export type Documents = Readonly<Record<string, string>>;

export function createWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? createQuickClock();
  const log = createFaultLog(options.log ?? createMemoryEventLog({ clock, ids: systemIds }));
  const store = createFaultStore(options.store ?? openSqliteReadStore(':memory:'));
  const lines: LogLine[] = [];
  const level =
    (name: keyof Logger): Logger[keyof Logger] =>
    (fields, message) => {
      lines.push({ level: name, fields, message });
    };
  const logger: Logger = {
    debug: level('debug'),
    info: level('info'),
    warn: level('warn'),
    error: level('error'),
  };
  let toys = options.toys ?? createToys();
  let projections = options.projections ?? toys.all;
  let limits = options.limits;

  function newEngine(): ProjectionEngine {
    return createProjectionEngine({
      log,
      store,
      types: TOY_TYPES,
      clock,
      ids: systemIds,
      logger,
      projections,
      limits: { retryInitialMs: 1, retryMaxMs: 16, ...limits },
    });
  }
  let engine = newEngine();

  function projectionOf(name: string): Projection {
    const found = projections.find((projection) => projection.name === name);
    if (!found) throw new Error(`expected a projection ${name}`);
    return found;
  }

  const world: World = {
    get toys() {
      return toys;
    },
    log,
    store,
    lines,
    get engine() {
      return engine;
    },
    async restart(changes = {}) {
      await engine.stop();
      toys = changes.toys ?? toys;
      projections = changes.projections ?? changes.toys?.all ?? projections;
      limits = changes.limits ?? limits;
      engine = newEngine();
      await engine.start();
    },
    async append(stream, ...events) {
      const last = await log.readStream(stream, { direction: 'backwards', limit: 1 });
      const outcome = await log.append(stream, last[0]?.revision ?? 'no-stream', events);
      if (outcome.outcome !== 'done') throw new Error(`expected done, found ${outcome.outcome}`);
      return outcome.position;
    },
    async caughtUp() {
      if (await engine.whenCaughtUp({ timeoutMs: PATIENCE_MS })) return;
      throw new Error(`expected to be caught up: ${stateOf(engine)}\n${tail(lines)}`);
    },
    events: () => eventsOf(log),
    async recorded(type) {
      const events = await eventsOf(log);
      return events.filter((e) => categoryOf(e.stream) === 'projection' && e.type === type);
    },
    collection(projection) {
      const name = engine.serving(projection);
      if (!name) throw new Error(`expected ${projection} to serve\n${tail(lines)}`);
      return name;
    },
    documents: (projection) => documentsIn(store, world.collection(projection)),
    expected: async (projection, skipped) =>
      foldPlainly(projectionOf(projection), await eventsOf(log), skipped),
    async close() {
      await engine.stop();
      await store.close();
      await log.close();
    },
  };
  return world;
}

function stateOf(engine: ProjectionEngine): string {
  return engine
    .report()
    .map(({ name, state, position }) => `${name} ${state} ${formatPosition(position)}`)
    .join('; ');
}

function tail(lines: readonly LogLine[]): string {
  return lines
    .slice(-10)
    .map(({ level, fields, message }) => `${level} ${message} ${JSON.stringify(fields)}`)
    .join('\n');
}

export async function eventsOf(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let after = START;
  for (;;) {
    const page = await log.readAll({ after });
    events.push(...page.events);
    if (page.atHead) return events;
    after = page.position;
  }
}

const textOf = (storeId: string, position: Position, body: unknown): string =>
  canonicalJson({ storeId, position: formatPosition(position), body });

export async function documentsIn(store: ReadStore, collection: string): Promise<Documents> {
  const found: Record<string, string> = {};
  for (let after = ''; ;) {
    const page = await store.scan(collection, after, 100);
    if (page.length === 0) return found;
    for (const { key, storeId, position, body } of page) {
      found[key] = textOf(storeId, position, body);
      after = key;
    }
  }
}

/** The specification: folds one event after the other into a map, and nothing else. */
export function foldPlainly(
  projection: Projection,
  events: readonly RecordedEvent[],
  skipped: readonly string[] = [],
  upTo?: Position,
): Documents {
  const documents = new Map<string, { text: string; body: unknown }>();
  for (const recorded of events) {
    if (!projection.categories.some((category) => category === categoryOf(recorded.stream))) {
      continue;
    }
    if (skipped.includes(recorded.id)) continue;
    if (upTo && comparePositions(recorded.position, upTo) > 0) break;
    const event = upcast(TOY_TYPES, recorded);
    for (const key of projection.keys(event)) {
      const body = projection.evolve(documents.get(key)?.body, event, key);
      const text = textOf(storeOf(key), event.position, body);
      if (body === undefined) documents.delete(key);
      else documents.set(key, { body, text });
    }
  }
  return Object.fromEntries([...documents].map(([key, { text }]) => [key, text]));
}

/** Polls each turn for background work of the engine. */
export async function eventually(met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error('expected something to happen in time');
    await turn();
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Expects every read model to equal its fold of the log. */
export async function expectFolded(
  world: World,
  names: readonly string[] = ['tabs', 'totals', 'accounts'],
): Promise<void> {
  for (const name of names) {
    expect({ [name]: await world.documents(name) }).toEqual({ [name]: await world.expected(name) });
  }
}
