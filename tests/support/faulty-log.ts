import type { NewEvent } from '../../src/domain/kernel/event.ts';
import type { AppendOutcome, EventLog, ExpectedRevision } from '../../src/ports/event-log.ts';

/**
 * The fault of one append:
 * - `request-lost`: nothing stored, outcome unknown;
 * - `answer-lost`: stored, outcome unknown;
 * - `late`: outcome unknown, and stored only when the test calls `deliverLate`;
 * - `busy`: nothing stored, failed, retryable;
 * - `broken`: nothing stored, failed, not retryable.
 */
export type Fault = 'request-lost' | 'answer-lost' | 'late' | 'busy' | 'broken';

/** A requested append; `bytes` is all of it as text, for comparison with a repeat. */
export interface AppendCall {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly ids: readonly string[];
  readonly bytes: string;
}

export interface FaultyLog extends EventLog {
  /** Every requested append, in order. */
  readonly calls: readonly AppendCall[];
  /** The start revisions of all stream reads, in order. */
  readonly reads: readonly (number | undefined)[];
  /** The faults of the next appends, one each; `ok` is none. */
  plan(...faults: readonly (Fault | 'ok')[]): void;
  /** The fault of every append without a planned one. */
  always(fault: Fault | 'ok'): void;
  /** Cancels all planned faults. Late appends stay late. */
  calm(): void;
  /** Runs once before the next append reaches the log: a faster rival. */
  beforeNextAppend(rival: () => Promise<unknown>): void;
  /** Runs before each append from now on. */
  beforeEachAppend(rival: (() => Promise<unknown>) | undefined): void;
  /** Delivers the late appends to the log. @returns their outcomes. */
  deliverLate(): Promise<readonly AppendOutcome[]>;
  /** The next `count` reads of streams fail. */
  failReads(count: number): void;
}

/** A log behind an unreliable network. Without planned faults it behaves as the log itself. */
export function createFaultyLog(log: EventLog): FaultyLog {
  const calls: AppendCall[] = [];
  const reads: (number | undefined)[] = [];
  const planned: (Fault | 'ok')[] = [];
  const late: (() => Promise<AppendOutcome>)[] = [];
  let otherwise: Fault | 'ok' = 'ok';
  let nextRival: (() => Promise<unknown>) | undefined;
  let eachRival: (() => Promise<unknown>) | undefined;
  let readsToFail = 0;

  async function append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome> {
    const bytes = JSON.stringify({ stream, expected, events });
    calls.push({ stream, expected, ids: events.map(({ id }) => id), bytes });
    const rival = nextRival;
    nextRival = undefined;
    await rival?.();
    await eachRival?.();
    const fault = planned.shift() ?? otherwise;
    switch (fault) {
      case 'ok':
        return log.append(stream, expected, events);
      case 'request-lost':
        return unknown(fault);
      case 'answer-lost': {
        const outcome = await log.append(stream, expected, events);
        // An append that the log rejects has no reply that could be lost.
        return outcome.outcome === 'failed' ? outcome : unknown(fault);
      }
      case 'late': {
        const sent = JSON.parse(JSON.stringify(events)) as NewEvent[];
        late.push(() => log.append(stream, expected, sent));
        return unknown(fault);
      }
      case 'busy':
      case 'broken':
        return {
          outcome: 'failed',
          reason: 'unavailable',
          retryable: fault === 'busy',
          error: new Error(`the log is ${fault}`),
        };
    }
  }

  return {
    ...log,
    append,
    async readStream(stream, options) {
      reads.push(options?.from);
      if (readsToFail > 0) {
        readsToFail -= 1;
        throw new Error('the log cannot be read');
      }
      return log.readStream(stream, options);
    },
    calls,
    reads,
    plan(...faults) {
      planned.push(...faults);
    },
    always(fault) {
      otherwise = fault;
    },
    calm() {
      planned.length = 0;
      otherwise = 'ok';
      readsToFail = 0;
      nextRival = undefined;
      eachRival = undefined;
    },
    beforeNextAppend(rival) {
      nextRival = rival;
    },
    beforeEachAppend(rival) {
      eachRival = rival;
    },
    async deliverLate() {
      const outcomes: AppendOutcome[] = [];
      for (const deliver of late.splice(0)) outcomes.push(await deliver());
      return outcomes;
    },
    failReads(count) {
      readsToFail = count;
    },
  };
}

function unknown(fault: Fault): AppendOutcome {
  return { outcome: 'unknown', error: new Error(`the reply did not come: ${fault}`) };
}
