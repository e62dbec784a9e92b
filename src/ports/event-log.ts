import type { NewEvent, RecordedEvent } from '../domain/kernel/event.ts';
import type { Position } from '../domain/kernel/position.ts';

/** Maximum size of data and metadata in one append, as in EventStoreDB. */
export const MAX_APPEND_BYTES = 1_048_576;

/** Data and metadata in one page of the embedded log, unless its first event is larger. */
export const MAX_PAGE_BYTES = 4 * MAX_APPEND_BYTES;

/** Up to here events are counted one by one, where positions do not count them (EventStoreDB). */
export const MAX_COUNTED_EVENTS = 10_000;

/**
 * The revision of the last event that the writer has seen, or that there is no stream yet. Never
 * "any".
 */
export type ExpectedRevision = number | 'no-stream';

/**
 * - `done`: stored, now or by an earlier identical append; `position` and `revision` are those of
 *   the last given event.
 * - `conflict`: nothing was stored; the stream is at `actual`.
 * - `failed`: certainly nothing was stored.
 * - `unknown`: stored or not; only repeating the identical append (same ids and revision) shows it.
 */
export type AppendOutcome =
  | {
      readonly outcome: 'done';
      readonly revision: number;
      readonly position: Position;
    }
  | { readonly outcome: 'conflict'; readonly actual: ExpectedRevision }
  | {
      readonly outcome: 'failed';
      readonly reason: 'too-large' | 'unavailable';
      readonly retryable: boolean;
      readonly error: Error;
    }
  | { readonly outcome: 'unknown'; readonly error: Error };

export interface StreamRead {
  /** First revision to read; default the first (forwards) or the last (backwards). */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** Default and maximum: 1,000. */
  readonly limit?: number;
}

/** Only the streams of these categories; all streams when absent. */
export interface AllFilter {
  readonly categories?: readonly string[];
}

export interface AllRead extends AllFilter {
  /** Exclusive. Forwards, START reads from the first event; backwards, END from the newest. */
  readonly after: Position;
  /** Backwards: the events before `after`, the newest first. Default forwards. */
  readonly direction?: 'forwards' | 'backwards';
  /** Maximum number of events: default 1,000, at most 20,000. */
  readonly limit?: number;
}

export interface AllPage {
  readonly events: readonly RecordedEvent[];
  /** How far the log was scanned, filtered events included: the next page starts here. */
  readonly position: Position;
  /** True when there was nothing more to read. */
  readonly atHead: boolean;
  /** The page ends early, because more events would have taken too much memory. */
  readonly full?: true;
}

/**
 * A message of a subscription. `events` are in log order, never empty. `caught-up` comes each time
 * the subscriber has seen all events; `progress` reports a position past filtered events.
 */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'caught-up'; readonly position: Position }
  | { readonly kind: 'progress'; readonly position: Position };

export interface SubscribeOptions extends AllFilter {
  /** Exclusive. */
  readonly after: Position;
  /** Ends the subscription without an error. */
  readonly signal: AbortSignal;
  /** Maximum number of events per message; default 500. */
  readonly batchSize?: number;
  /**
   * The subscriber has no use for messages without events, and the log may leave them out: a
   * subscriber of rare events is then not woken by each append.
   */
  readonly eventsOnly?: true;
}

/** The append-only log of all events: the single source of truth. */
export interface EventLog {
  /**
   * The permanent id of this log. A copy has the same id and older content; any other log has
   * another id.
   */
  logId(): Promise<string>;

  /**
   * Appends all events or none. A repeated append (same ids at the same expected revision, or a
   * prefix of the first batch) is `done` as the first time and changes nothing, also when the data
   * differs. An empty batch is `done` when the revision matches. Never throws because of storage or
   * network.
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome>;

  /** Events of one stream in order; empty when there is no such stream or no such revision. */
  readStream(stream: string, options?: StreamRead): Promise<readonly RecordedEvent[]>;

  /** A page of the whole log in order. */
  readAll(options: AllRead): Promise<AllPage>;

  /** The event at exactly this position; undefined when there is none. */
  readAt(position: Position): Promise<RecordedEvent | undefined>;

  /**
   * How many events of the log come after the position. Exact where positions are dense; a log that
   * has to read them stops at MAX_COUNTED_EVENTS, which then means that many or more.
   */
  countAfter(position: Position): Promise<number>;

  /** The position of the newest event; START for an empty log. */
  head(): Promise<Position>;

  /**
   * Catches up from a position and then follows live, without polling. The next message is only
   * requested after the last one was taken. Throws when the connection is lost: the subscriber then
   * subscribes again from its committed position.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionMessage>;

  /** Resolves when the log can be used; rejects with the reason when it cannot. */
  ping(): Promise<void>;

  close(): Promise<void>;
}
