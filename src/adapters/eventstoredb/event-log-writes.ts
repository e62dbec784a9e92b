import { jsonEvent, type EventData, type JSONType } from '@eventstore/db-client';

import type { NewEvent } from '../../domain/kernel/event.ts';
import { START, type Position } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome, ExpectedRevision } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import { refusalOfSize, unavailable } from '../shared/append-outcomes.ts';
import type { EventLogReads } from './event-log-reads.ts';
import { describeFailure, refusalOf } from './failures.ts';
import { metadataOf } from './recorded.ts';
import { createTimeLimit } from './time-limits.ts';
import type { Writer } from './writer.ts';

/** Appends that may be in flight; one more is rejected as `failed`, retryable. */
const MAX_IN_FLIGHT = 10_000;

export interface WritesOptions {
  readonly writer: Writer;
  readonly reads: EventLogReads;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly appendMs: number;
}

export interface EventLogWrites {
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome>;
  /** Resolves when every append has an outcome. */
  settled(): Promise<void>;
}

/** Every append gets an outcome: without a reply within `appendMs` it is `unknown`. */
export function createWrites(options: WritesOptions): EventLogWrites {
  const { writer, reads, clock, logger, appendMs } = options;
  const pending = new Set<Promise<AppendOutcome>>();
  const withinLimit = createTimeLimit(clock, appendMs);

  async function store(
    stream: string,
    expected: ExpectedRevision,
    events: EventData[],
  ): Promise<AppendOutcome> {
    const result = await writer.append(stream, expected, events, appendMs);
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const revision = first + events.length - 1;
    const position = result.position ?? (await positionAt(stream, revision));
    return { outcome: 'done', revision, position };
  }

  /** The server may omit the position of an append that was stored before. */
  async function positionAt(stream: string, revision: number): Promise<Position> {
    const [event] = await reads.readStream(stream, { from: revision, limit: 1 });
    if (!event) throw new Error(`expected ${stream} to hold what was just appended`);
    return event.position;
  }

  /** The server accepts an empty append at any revision, so the revision is checked with a read. */
  async function checkRevision(stream: string, expected: ExpectedRevision): Promise<AppendOutcome> {
    const [last] = await reads.readStream(stream, { direction: 'backwards', limit: 1 });
    const actual = last?.revision ?? 'no-stream';
    if (actual !== expected) return { outcome: 'conflict', actual };
    const revision = actual === 'no-stream' ? -1 : actual;
    return { outcome: 'done', revision, position: START };
  }

  async function appendAndReport(
    stream: string,
    expected: ExpectedRevision,
    events: EventData[],
  ): Promise<AppendOutcome> {
    const stored =
      events.length === 0 ? checkRevision(stream, expected) : store(stream, expected, events);
    try {
      return await withinLimit(`a reply to an append to ${stream}`, stored);
    } catch (raised) {
      const refusal = refusalOf(raised);
      if (refusal) return refusal;
      const error = describeFailure(raised);
      logger.debug({ stream, reason: error.message }, 'the outcome of an append is unknown');
      return { outcome: 'unknown', error };
    }
  }

  return {
    append(stream, expected, events) {
      if (writer.inFlight >= MAX_IN_FLIGHT) {
        const error = new Error(`${MAX_IN_FLIGHT} appends are in flight already`);
        return Promise.resolve(unavailable(error));
      }
      const encoded = encode(events);
      if ('outcome' in encoded) return Promise.resolve(encoded);
      const outcome = appendAndReport(stream, expected, encoded);
      pending.add(outcome);
      return outcome.finally(() => pending.delete(outcome));
    },
    async settled() {
      await Promise.all(pending);
    },
  };
}

/**
 * The client serialises the data after the call has returned, so it gets a copy, parsed from the
 * measured text. Metadata may be bytes.
 */
function encode(events: readonly NewEvent[]): EventData[] | AppendOutcome {
  let sizeBytes = 0;
  const encoded: EventData[] = [];
  for (const event of events) {
    const { id, type, data } = event;
    const text = JSON.stringify(data);
    const metadataBytes = new TextEncoder().encode(JSON.stringify(metadataOf(event)));
    sizeBytes += Buffer.byteLength(text) + metadataBytes.length;
    const copy = JSON.parse(text) as JSONType;
    encoded.push(jsonEvent({ id, type, data: copy, metadata: metadataBytes }));
  }
  return refusalOfSize(sizeBytes) ?? encoded;
}
