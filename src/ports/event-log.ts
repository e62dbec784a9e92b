import type { NewEvent, RecordedEvent } from '../domain/kernel/event.ts';
import type { Position } from '../domain/kernel/position.ts';

/** At most this many bytes of data and metadata in one append, as EventStoreDB allows. */
export const MAX_APPEND_BYTES = 1_048_576;

/**
 * The revision of the last event a writer has seen, or that there is no stream yet. Never "any".
 */
export type ExpectedRevision = number | 'no-stream';

/**
 * What became of an append.
 *
 * - `done`: stored, now or by an earlier identical append; `position` and `revision` are those of
 *   the last event given.
 * - `conflict`: nothing stored; the stream is at `actual`.
 * - `failed`: certainly nothing stored.
 * - `unknown`: stored or not; only repeating the identical append (same ids, same revision) tells.
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
  /** Default and most: 1,000. */
  readonly limit?: number;
}

/** Keeps only the streams of these categories. Absent: all of them. */
export interface AllFilter {
  readonly categories?: readonly string[];
}

export interface AllRead extends AllFilter {
  /** Exclusive; START reads from the beginning. */
  readonly after: Position;
  /** Most events to return: default 1,000, most 20,000. */
  readonly limit?: number;
}

export interface AllPage {
  readonly events: readonly RecordedEvent[];
  /** How far the log was examined, filtered events included: the place to go on from. */
  readonly position: Position;
  /** True when there was nothing more to read at that moment. */
  readonly atHead: boolean;
}

/**
 * What a subscription says. `events` come in log order, never empty. `caught-up` comes each time
 * the subscriber has seen all there is; `progress` tells of filtered events passed over.
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
  /** Most events in one message; default 500. */
  readonly batchSize?: number;
}

/** The append-only log of everything that happened: the only truth. */
export interface EventLog {
  /**
   * Names this log for ever; a restored or another log of the same kind has its own or an older
   * content.
   */
  logId(): Promise<string>;

  /**
   * Appends all events or none. A repeated append (same ids at the same expected revision, or a
   * prefix of the first batch) is answered `done` as the first time and changes nothing, also when
   * the data differs. An empty batch is `done` when the revision is right. Never throws for
   * anything that the store or the network does.
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome>;

  /** Events of one stream in order; empty when there is no such stream or nothing there. */
  readStream(stream: string, options?: StreamRead): Promise<readonly RecordedEvent[]>;

  /** A page of the whole log in order. */
  readAll(options: AllRead): Promise<AllPage>;

  /** The event at exactly this position, if there is one. */
  readAt(position: Position): Promise<RecordedEvent | undefined>;

  /** The position of the newest event; START for an empty log. */
  head(): Promise<Position>;

  /**
   * Catches up from a position and then follows live, without polling. The next message is asked
   * for only when the last was taken. Throws when the connection is lost: whoever subscribes
   * subscribes again from its committed position.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionMessage>;

  /** Answers when the log can be used; throws with the reason when it cannot. */
  ping(): Promise<void>;

  close(): Promise<void>;
}
