import { frozenCopy } from '../../../src/adapters/memory/frozen-copy.ts';
import { createWake, followLog, type Wake } from '../../../src/adapters/shared/follow-log.ts';
import { type Position, START } from '../../../src/domain/kernel/position.ts';
import type {
  AppendOutcome,
  EventLog,
  SubscribeOptions,
  SubscriptionMessage,
} from '../../../src/ports/event-log.ts';
import type { Conditions } from '../world/conditions.ts';
import { type Fate, type Line, LostError } from './line.ts';

const MOST_REWOUND = 20;

/** The log as one life of a node has it: over its line, with the faults of the weather. */
export interface NodeLog {
  readonly log: EventLog;
  /** Tells its subscriptions that the log has grown. */
  readonly wake: Wake;
}

export function createNodeLog(conditions: Conditions, line: Line, server: EventLog): NodeLog {
  const { world, faults } = conditions;
  const rnd = world.rnd('log');
  const wake = createWake();

  function fateOfAppend(): Fate | 'refused' {
    const drawn = rnd.next();
    let below = faults.appendRequestLost;
    if (drawn < below) return 'request-lost';
    if (drawn < (below += faults.appendAnswerLost)) return 'answer-lost';
    if (drawn < (below += faults.appendLate)) return 'late';
    return drawn < below + faults.appendRefused ? 'refused' : 'ok';
  }

  async function append(...args: Parameters<EventLog['append']>): Promise<AppendOutcome> {
    const fate = fateOfAppend();
    if (fate === 'refused') {
      await line.call('log refuses', () => Promise.resolve());
      const error = new Error('the log has no leader');
      return { outcome: 'failed', reason: 'unavailable', retryable: true, error };
    }
    // What is sent is sent: the sender can change nothing of it any more.
    const [stream, expected, given] = args;
    const events = given.map(frozenCopy);
    try {
      return await line.call('log append', () => server.append(stream, expected, events), fate);
    } catch (error) {
      if (!(error instanceof LostError)) throw error;
      return { outcome: 'unknown', error };
    }
  }

  function read<T>(label: string, operation: () => Promise<T>): Promise<T> {
    return line.ask(label, () =>
      rnd.chance(faults.logReadFails)
        ? Promise.reject(new Error('the connection to the log is lost'))
        : operation(),
    );
  }

  const log: EventLog = {
    logId: () => server.logId(),
    append,
    readStream: (stream, options) => read('log stream', () => server.readStream(stream, options)),
    readAll: (options) => read('log all', () => server.readAll(options)),
    readAt: (position) => read('log at', () => server.readAt(position)),
    countAfter: (position) => read('log count', () => server.countAfter(position)),
    head: () => read('log head', () => server.head()),
    subscribe: (options) => subscription(conditions, log, wake, options),
    ping: () => read('log ping', () => server.ping()),
    close: () => Promise.resolve(),
  };
  return { log, wake };
}

/** A subscription that may rewind, repeat, leave out, fall silent, break or end. */
async function* subscription(
  { world, faults }: Conditions,
  log: EventLog,
  wake: Wake,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionMessage> {
  const rnd = world.rnd('subscriptions');
  const { signal } = options;
  const rewound = rnd.chance(faults.subscriptionRewound) ? rnd.below(MOST_REWOUND) : 0;
  const after = earlier(options.after, rewound);
  for await (const message of followLog(log, wake, { ...options, after })) {
    if (rnd.chance(faults.subscriptionSilent)) {
      await untilAborted(signal);
      return;
    }
    if (rnd.chance(faults.subscriptionCut)) {
      if (rnd.chance(0.5)) return;
      throw new Error('the subscription was too slow');
    }
    if (message.kind !== 'events') {
      yield message;
      continue;
    }
    const events = message.events.filter(() => !rnd.chance(faults.eventHidden));
    if (events.length === 0) continue;
    yield { kind: 'events', events };
    if (rnd.chance(faults.subscriptionTwice)) yield { kind: 'events', events };
  }
}

function earlier({ commit }: Position, count: number): Position {
  const index = commit - BigInt(count);
  return index < 0n ? START : { commit: index, prepare: index };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
