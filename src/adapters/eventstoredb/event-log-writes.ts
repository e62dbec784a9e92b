import { type EventData, jsonEvent, type JSONType } from '@eventstore/db-client';

import type { NewEvent } from '../../domain/kernel/event.ts';
import { type Position, START } from '../../domain/kernel/position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome, ExpectedRevision } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import { refusalOfSize, unavailable } from '../shared/append-outcomes.ts';
import type { EventLogReads } from './event-log-reads.ts';
import { describeFailure, refusalOf } from './failures.ts';
import { createLogName, type LogName } from './log-name.ts';
import type { FindNamespace } from './namespace.ts';
import { metadataOf } from './recorded.ts';
import { createTimeLimit } from './time-limits.ts';
import type { Writer } from './writer.ts';

/** Appends that may be in flight; one more is rejected as `failed`, retryable. */
const MAX_IN_FLIGHT = 10_000;

export interface WritesOptions {
  readonly writer: Writer;
  readonly reads: Pick<EventLogReads, 'readStream'>;
  readonly findNamespace: FindNamespace;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly appendMs: number;
}

/** Appends, and resolves with an outcome in every case. */
export interface StreamWriter {
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome>;
}

export interface EventLogWrites extends StreamWriter {
  readonly logName: LogName;
  /** Resolves when every append has an outcome. */
  settled(): Promise<void>;
}

/**
 * Every append gets an outcome: without a reply within `appendMs` it is `unknown`. The name of the
 * log is written before the first event, so that no log with events can be taken for a new one.
 */
export function createWrites(options: WritesOptions): EventLogWrites {
  const { writer, reads, findNamespace, clock, ids, logger, appendMs } = options;
  const pending = new Set<Promise<AppendOutcome>>();
  const withinLimit = createTimeLimit(clock, appendMs);
  const logName = createLogName(reads, { append: appendUnnamed }, ids);

  async function store(
    stream: string,
    expected: ExpectedRevision,
    events: EventData[],
  ): Promise<AppendOutcome> {
    const { prefix } = await findNamespace();
    const result = await writer.append(prefix + stream, expected, events, appendMs);
    // Not counted from the expected one: after a soft delete, no-stream continues the numbering.
    const revision = Number(result.nextExpectedRevision);
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
    isReady: () => Promise<unknown> | undefined,
  ): Promise<AppendOutcome> {
    let hasTimedOut = false;
    const attempt = async (): Promise<AppendOutcome> => {
      if (events.length === 0) return checkRevision(stream, expected);
      await isReady();
      if (hasTimedOut) throw new Error('the append was not sent in time');
      return store(stream, expected, events);
    };
    try {
      return await withinLimit(`a reply to an append to ${stream}`, attempt());
    } catch (raised) {
      hasTimedOut = true;
      const refusal = refusalOf(raised);
      if (refusal) return refusal;
      const error = describeFailure(raised);
      logger.debug({ stream, reason: error.message }, 'the outcome of an append is unknown');
      return { outcome: 'unknown', error };
    }
  }

  function track(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    isReady: () => Promise<unknown> | undefined,
  ): Promise<AppendOutcome> {
    if (writer.inFlight >= MAX_IN_FLIGHT) {
      const error = new Error(`${MAX_IN_FLIGHT} appends are in flight already`);
      return Promise.resolve(unavailable(error));
    }
    const encoded = encode(events);
    if ('outcome' in encoded) return Promise.resolve(encoded);
    const outcome = appendAndReport(stream, expected, encoded, isReady);
    pending.add(outcome);
    return outcome.finally(() => pending.delete(outcome));
  }

  function appendUnnamed(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome> {
    return track(stream, expected, events, () => undefined);
  }

  return {
    logName,
    append: (stream, expected, events) =>
      track(stream, expected, events, () => (logName.isKnown() ? undefined : logName.read())),
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
