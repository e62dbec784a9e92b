import { randomUUID } from 'node:crypto';

import type { EventMetadata, NewEvent, RecordedEvent } from '../../src/domain/kernel/event.ts';
import { comparePositions, type Position } from '../../src/domain/kernel/position.ts';
import type {
  AllFilter,
  AppendOutcome,
  EventLog,
  ExpectedRevision,
  SubscriptionMessage,
} from '../../src/ports/event-log.ts';

export type Done = Extract<AppendOutcome, { outcome: 'done' }>;

/** Repeats of an append with an unknown outcome before the test gives up. */
const MAX_REPEATS = 20;
/** Conflicts of a writer before the test gives up. */
const MAX_CONFLICTS = 10_000;

/** A category that no other test and no other user of a shared server uses. */
export function uniqueCategory(): string {
  return `c${randomUUID().replaceAll('-', '')}`;
}

export function uniqueStream(category = uniqueCategory()): string {
  return `${category}-s1.${randomUUID()}`;
}

export function someMetadata(overrides: Partial<EventMetadata> = {}): EventMetadata {
  return {
    storeId: 's1',
    commandId: 'command-1',
    fields: {},
    correlationId: 'correlation-1',
    causationId: 'command-1',
    actor: { kind: 'key', id: 'till-1' },
    schemaVersion: 1,
    ...overrides,
  };
}

export function someEvent(data: unknown = {}, overrides: Partial<NewEvent> = {}): NewEvent {
  return { id: randomUUID(), type: 'Noted', data, metadata: someMetadata(), ...overrides };
}

/** Events numbered `{ n }` from `from` on. */
export function someEvents(count: number, from = 0): NewEvent[] {
  return Array.from({ length: count }, (_, i) => someEvent({ n: from + i }));
}

export function numbersOf(events: readonly RecordedEvent[]): number[] {
  return events.map(({ data }) => (data as { n: number }).n);
}

export function range(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** Repeats the identical append while its outcome is unknown, as every user of the port must. */
export async function appendUntilKnown(
  log: EventLog,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<Exclude<AppendOutcome, { outcome: 'unknown' }>> {
  for (let i = 0; i < MAX_REPEATS; i += 1) {
    const outcome = await log.append(stream, expected, events);
    if (outcome.outcome !== 'unknown') return outcome;
  }
  throw new Error(`expected the outcome of an append to ${stream}, found unknown each time`);
}

/** Appends, and throws unless it was stored. */
export async function appendDone(
  log: EventLog,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<Done> {
  const outcome = await appendUntilKnown(log, stream, expected, events);
  if (outcome.outcome === 'done') return outcome;
  throw new Error(`expected the append to ${stream} to be done, found ${describe(outcome)}`);
}

function describe(outcome: AppendOutcome): string {
  return 'error' in outcome ? `${outcome.outcome}: ${outcome.error.message}` : outcome.outcome;
}

/** Appends at the current revision of the stream, retrying after each conflict. */
export async function appendWithRetry(
  log: EventLog,
  stream: string,
  events: readonly NewEvent[],
): Promise<Done> {
  let expected: ExpectedRevision = 'no-stream';
  for (let i = 0; i < MAX_CONFLICTS; i += 1) {
    const outcome = await appendUntilKnown(log, stream, expected, events);
    if (outcome.outcome === 'done') return outcome;
    if (outcome.outcome === 'failed') throw outcome.error;
    expected = outcome.actual;
  }
  throw new Error(`expected ${stream} to take an append at last, found a conflict each time`);
}

/** Every event of one stream, however long it is. */
export async function readWholeStream(log: EventLog, stream: string): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readStream(stream, { from: all.length });
    all.push(...page);
    if (page.length === 0) return all;
  }
}

export interface WholeRead {
  readonly events: readonly RecordedEvent[];
  readonly position: Position;
}

/** Pages through the whole log from a position to its head. */
export async function readToHead(
  log: EventLog,
  options: AllFilter & { after: Position; limit?: number },
): Promise<WholeRead> {
  const events: RecordedEvent[] = [];
  let position = options.after;
  for (;;) {
    const page = await log.readAll({ ...options, after: position });
    const moved = comparePositions(page.position, position);
    if (moved < 0 || (moved === 0 && !page.atHead)) {
      throw new Error('expected a page to move the position on or to be at the head');
    }
    events.push(...page.events);
    position = page.position;
    if (page.atHead) return { events, position };
  }
}

export function areAscending(positions: readonly Position[]): boolean {
  return positions.every((position, i) => {
    const before = positions[i - 1];
    return !before || comparePositions(before, position) < 0;
  });
}

export interface FollowOptions extends AllFilter {
  readonly after: Position;
  readonly batchSize?: number;
  /** Awaited before the next message is requested. */
  readonly onMessage?: (message: SubscriptionMessage) => Promise<void> | void;
  /** How often a broken subscription is resumed from its last position; default 0. */
  readonly maxResubscribes?: number;
}

export interface Follower {
  readonly messages: readonly SubscriptionMessage[];
  readonly events: readonly RecordedEvent[];
  /** The position that the subscription has reported last. */
  readonly position: Position;
  /** Resolves when the condition holds after a message; rejects when no more can arrive. */
  until(condition: () => boolean): Promise<void>;
  /** Resolves when the subscription has ended, rejects when it ended with an error. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Runs a subscription in the background; tests wait for what it delivers. */
export function follow(log: EventLog, options: FollowOptions): Follower {
  const { onMessage, maxResubscribes = 0, ...subscribeOptions } = options;
  const aborter = new AbortController();
  const messages: SubscriptionMessage[] = [];
  const events: RecordedEvent[] = [];
  const waiting = new Set<() => void>();
  let position = options.after;
  let over = false;
  const wake = () => {
    for (const look of [...waiting]) look();
  };

  async function take(message: SubscriptionMessage): Promise<void> {
    messages.push(message);
    if (message.kind === 'events') events.push(...message.events);
    position = message.kind === 'events' ? lastPosition(message.events) : message.position;
    wake();
    await onMessage?.(message);
  }

  async function run(): Promise<void> {
    for (let broken = 0; ; broken += 1) {
      try {
        const { signal } = aborter;
        const subscription = log.subscribe({ ...subscribeOptions, after: position, signal });
        for await (const message of subscription) await take(message);
        return;
      } catch (error) {
        if (broken >= maxResubscribes) throw error;
      }
    }
  }

  const ended = run().finally(() => {
    over = true;
    wake();
  });
  // A waiter gets the error from `until`, `ended` or `stop`; there may be none.
  ended.catch(() => undefined);
  return {
    messages,
    events,
    get position() {
      return position;
    },
    until: (condition) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!condition() && !over) return;
          waiting.delete(look);
          if (condition()) resolve();
          else ended.then(() => reject(new Error('the subscription ended too early')), reject);
        };
        waiting.add(look);
        look();
      }),
    ended,
    stop: () => {
      aborter.abort();
      return ended;
    },
  };
}

function lastPosition(events: readonly RecordedEvent[]): Position {
  const last = events.at(-1);
  if (!last) throw new Error('expected events in a message of kind events, found none');
  return last.position;
}
