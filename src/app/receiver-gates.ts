import { createBoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../ports/clock.ts';
import type { SendOutcome } from '../ports/delivery-channel.ts';

/** A receiver that did not respond is left alone so long; twice as long after each further call. */
const INITIAL_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 300_000;
/** Longer than a call takes: meanwhile the others wait for what it finds. */
const TRIAL_MS = 30_000;
/** Receivers that are known to be silent; the one that was known first is forgotten first. */
const MAX_RECEIVERS = 10_000;
const REASON = 'The receiver did not respond to the webhooks before this one.';

interface Gate {
  /** Calls without a response, one after the other. */
  readonly silent: number;
  readonly closedUntilMs: number;
}

/**
 * A receiver that does not respond takes the time of each call. While its gate is closed, webhooks
 * for it fail at once, so that they hold up those of no other shop.
 */
export interface ReceiverGates {
  through(receiver: string, call: () => Promise<SendOutcome>): Promise<SendOutcome>;
}

export function createReceiverGates(clock: Pick<Clock, 'now'>): ReceiverGates {
  const gates = createBoundedMap<string, Gate>(MAX_RECEIVERS);

  function close(receiver: string, silentBefore: number): void {
    // Calls that were made at the same time count as one.
    const silent = silentBefore + 1;
    const pauseMs = Math.min(INITIAL_PAUSE_MS * 2 ** silentBefore, MAX_PAUSE_MS);
    gates.set(receiver, { silent, closedUntilMs: clock.now() + pauseMs });
  }

  return {
    async through(receiver, call) {
      const gate = gates.get(receiver);
      const leftMs = (gate?.closedUntilMs ?? 0) - clock.now();
      if (leftMs > 0) {
        return {
          ...{ outcome: 'failed', failureClass: 'retry', code: 'receiver_silent', reason: REASON },
          retryAfterMs: leftMs,
        };
      }
      if (gate) gates.set(receiver, { ...gate, closedUntilMs: clock.now() + TRIAL_MS });
      const outcome = await call();
      if (outcome.outcome === 'accepted' || outcome.unreachable !== true) {
        gates.delete(receiver);
        return outcome;
      }
      close(receiver, gate?.silent ?? 0);
      // What concerns one receiver must not pause the channel.
      const { unreachable: _only, ...failure } = outcome;
      return failure;
    },
  };
}
