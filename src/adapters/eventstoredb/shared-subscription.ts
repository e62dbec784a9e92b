import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import { type CancelController, createCancelController } from '../../lib/cancellation.ts';
import type { SubscriptionMessage } from '../../ports/event-log.ts';
import { describeFailure } from './failures.ts';

/** Events kept for slow readers; a reader that is further behind reads the log by itself. */
const MAX_KEPT = 2_048;

export interface Taken {
  readonly events: readonly RecordedEvent[];
  /** How far the log was examined for the reader. */
  readonly position: Position;
  readonly hasMore: boolean;
  /** The reader has seen all events of the log. */
  readonly isCaughtUp: boolean;
}

/** A place in the shared subscription. */
export interface Reader {
  /**
   * The next events that match. Undefined when they are not kept any more.
   * @throws the error with which the subscription ended, after everything before it was taken.
   */
  take(maxEvents: number, matches: (event: RecordedEvent) => boolean): Taken | undefined;
  leave(): void;
}

/** A subscriber, from its start to its end. */
export interface Subscriber {
  /** Undefined while the shared subscription is not as far, or past what it keeps. */
  join(after: Position): Reader | undefined;
  /** Whether the shared subscription has dropped events after this position. */
  isPast(position: Position): boolean;
  /** Resolves at the next change of the shared subscription, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
  leave(): void;
}

export type Subscribe = (
  after: Position,
  signal: AbortSignal,
) => AsyncIterable<SubscriptionMessage>;

/**
 * One subscription to the whole log for all subscribers of an instance. It takes what the server
 * sends without waiting for any of them, so that a slow one holds up neither the others nor the
 * server. The first subscriber that has caught up starts it, and the last one to leave ends it.
 */
export function createSharedSubscription(subscribe: Subscribe): { enter(): Subscriber } {
  let source: Source | undefined;
  let subscribers = 0;

  return {
    enter() {
      subscribers += 1;
      let hasLeft = false;
      return {
        join(after) {
          if (!source || source.hasEnded()) source = createSource(after, subscribe);
          return source.join(after);
        },
        isPast: (position) => source?.isPast(position) ?? false,
        changed: (signal) => source?.changed(signal) ?? Promise.resolve(),
        leave() {
          if (hasLeft) return;
          hasLeft = true;
          subscribers -= 1;
          if (subscribers > 0) return;
          source?.end();
          source = undefined;
        },
      };
    },
  };
}

interface Source {
  join(after: Position): Reader | undefined;
  isPast(position: Position): boolean;
  changed(signal: AbortSignal): Promise<void>;
  hasEnded(): boolean;
  end(): void;
}

function createSource(after: Position, subscribe: Subscribe): Source {
  const ending = new AbortController();
  /** The number of the next event of each reader; events are numbered as they arrive. */
  const readers = new Set<{ next: number }>();
  let kept: RecordedEvent[] = [];
  let firstKept = 0;
  /** Everything after `floor` and up to `reached` is kept. */
  let floor = after;
  let reached = after;
  let isLive = false;
  let failure: Error | undefined;
  let change: CancelController = createCancelController();

  function notify(): void {
    const before = change;
    change = createCancelController();
    before.cancel();
  }

  /** Drops the events that every reader has taken, and the oldest of more than `MAX_KEPT`. */
  function trim(): void {
    const end = firstKept + kept.length;
    let needed = end;
    for (const { next } of readers) if (next >= firstKept) needed = Math.min(needed, next);
    const from = Math.max(needed, end - MAX_KEPT);
    const lastDropped = kept[from - firstKept - 1];
    if (!lastDropped) return;
    floor = lastDropped.position;
    kept = kept.slice(from - firstKept);
    firstKept = from;
  }

  function receive(message: SubscriptionMessage): void {
    if (message.kind === 'events') {
      kept = kept.concat(message.events);
      reached = message.events.at(-1)?.position ?? reached;
      isLive = false;
      trim();
    } else {
      if (comparePositions(message.position, reached) > 0) reached = message.position;
      if (message.kind === 'caught-up') isLive = true;
    }
    notify();
  }

  async function run(): Promise<void> {
    try {
      for await (const message of subscribe(after, ending.signal)) receive(message);
      failure = new Error('the subscription ended');
    } catch (error) {
      failure = describeFailure(error);
    }
    notify();
  }
  void run();

  return {
    join(position) {
      if (comparePositions(position, floor) < 0) return undefined;
      if (comparePositions(position, reached) > 0) return undefined;
      const index = kept.findIndex((event) => comparePositions(event.position, position) > 0);
      const reader = { next: firstKept + (index < 0 ? kept.length : index) };
      readers.add(reader);
      return {
        take(maxEvents, matches) {
          if (reader.next < firstKept) return undefined;
          const events: RecordedEvent[] = [];
          let last = kept[reader.next - firstKept - 1];
          for (;;) {
            const event = kept[reader.next - firstKept];
            if (!event || events.length >= maxEvents) break;
            last = event;
            reader.next += 1;
            if (matches(event)) events.push(event);
          }
          const hasMore = reader.next < firstKept + kept.length;
          if (events.length === 0 && !hasMore && failure) throw failure;
          return {
            events,
            position: hasMore ? (last?.position ?? floor) : reached,
            hasMore,
            isCaughtUp: isLive && !hasMore,
          };
        },
        leave: () => void readers.delete(reader),
      };
    },
    isPast: (position) => comparePositions(position, floor) < 0,
    changed(signal) {
      if (signal.aborted || failure) return Promise.resolve();
      return new Promise((resolve) => {
        const waited = change;
        const done = () => {
          signal.removeEventListener('abort', done);
          waited.removeEventListener('abort', done);
          resolve();
        };
        signal.addEventListener('abort', done);
        waited.addEventListener('abort', done);
      });
    },
    hasEnded: () => failure !== undefined,
    end() {
      ending.abort();
    },
  };
}
