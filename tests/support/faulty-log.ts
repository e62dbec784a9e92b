import type { NewEvent } from '../../src/domain/kernel/event.ts';
import type { AppendOutcome, EventLog, ExpectedRevision } from '../../src/ports/event-log.ts';

/**
 * What befalls one append:
 * - `request-lost`: nothing stored, answered unknown;
 * - `answer-lost`: stored, answered unknown;
 * - `late`: answered unknown, and stored only when the test calls `deliverLate`;
 * - `busy`: nothing stored, failed, may be tried again;
 * - `broken`: nothing stored, failed for good.
 */
export type Fault = 'request-lost' | 'answer-lost' | 'late' | 'busy' | 'broken';

/** An append as it was asked for; `bytes` is all of it as text, to be compared with a repeat. */
export interface AppendCall {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly ids: readonly string[];
  readonly bytes: string;
}

export interface FaultyLog extends EventLog {
  /** Every append that was asked for, in order. */
  readonly calls: readonly AppendCall[];
  /** From which revision streams were read, in order. */
  readonly reads: readonly (number | undefined)[];
  /** What befalls the next appends, one each; `ok` lets one through. */
  plan(...faults: readonly (Fault | 'ok')[]): void;
  /** What befalls every append that nothing was planned for. */
  always(fault: Fault | 'ok'): void;
  /** Forgets all that was planned: from now on the log is itself. What is late stays late. */
  calm(): void;
  /** Runs before the next append reaches the log, once: a rival that is faster. */
  beforeNextAppend(rival: () => Promise<unknown>): void;
  /** Runs before each append from now on. */
  beforeEachAppend(rival: (() => Promise<unknown>) | undefined): void;
  /** Lets the appends that are late reach the log now, and tells what the log said to each. */
  deliverLate(): Promise<readonly AppendOutcome[]>;
  /** The next `count` reads of streams fail. */
  failReads(count: number): void;
}

/** A log behind an unreliable network. Without a plan it is the log itself. */
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
        // What the log refuses to take at all never gets as far as an answer that could be lost.
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
  return { outcome: 'unknown', error: new Error(`the answer did not come: ${fault}`) };
}
