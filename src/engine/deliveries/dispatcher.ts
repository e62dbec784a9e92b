import type { CancelSignal } from '../../lib/cancellation.ts';
import type { DeliveryChannel, SendOutcome } from '../../ports/delivery-channel.ts';
import { type ChannelGate, createChannelGate } from './channel-gate.ts';
import type { DueEntry } from './due-entry.ts';
import type { DueIndex } from './due-index.ts';
import { type AttemptOptions, isFinal, makeAttempt } from './make-attempt.ts';
import { createWaker } from './waker.ts';

/** The index is looked at after this at the latest. */
const POLL_MS = 5_000;
/** A delivery that could not be attempted is looked at again after this. */
const RECHECK_MS = 1_000;
/** One that takes no more attempts, such as one with too many events, waits for a person. */
const RECHECK_REFUSED_MS = 900_000;
/** Attempts in progress in all channels together. */
const MAX_ATTEMPTS = 50;

export interface ChannelReport {
  readonly channel: string;
  readonly sending: number;
  /** Attempts since the start of the worker, by result. */
  readonly completed: number;
  readonly failed: number;
  readonly pausedUntilMs: number | undefined;
}

/** Makes the attempts that are due, as many at one time as the channels and a limit allow. */
export interface Dispatcher {
  /** Begins when the index is complete. Resolves when it was stopped. */
  run(complete: CancelSignal): Promise<void>;
  wake(): void;
  /** Resolves when the running attempts have ended. */
  ended(): Promise<void>;
  report(): readonly ChannelReport[];
}

/** An attempt that ended with a result. */
export interface EndedAttempt {
  readonly channel: string;
  readonly accepted: boolean;
  readonly ms: number;
}

export interface DispatcherOptions extends AttemptOptions {
  readonly onAttempt?: (attempt: EndedAttempt) => void;
}

export function createDispatcher(
  options: DispatcherOptions,
  index: DueIndex,
  channels: readonly DeliveryChannel[],
  stopping: AbortSignal,
): Dispatcher {
  const { clock, logger } = options;
  const gates = new Map(channels.map((one) => [one.name, createChannelGate(one)] as const));
  const running = new Set<Promise<void>>();
  const waker = createWaker(clock);

  async function attempt(entry: DueEntry, gate: ChannelGate | undefined): Promise<void> {
    gate?.enter();
    let outcome: SendOutcome | undefined;
    let recheckMs = RECHECK_MS;
    const startedMs = clock.now();
    try {
      outcome = await makeAttempt(options, entry, gate?.channel);
      if (outcome) {
        const accepted = outcome.outcome === 'accepted';
        const ms = Math.max(0, clock.now() - startedMs);
        options.onAttempt?.({ channel: entry.channel, accepted, ms });
      }
    } catch (error) {
      const { deliveryId } = entry;
      if (isFinal(error)) recheckMs = RECHECK_REFUSED_MS;
      logger.warn({ deliveryId, error: String(error) }, 'attempt of a delivery could not begin');
    } finally {
      gate?.leave(outcome, clock.now());
      index.giveBack(entry, clock.now() + recheckMs);
      waker.wake();
    }
  }

  function startDue(): void {
    while (!stopping.aborted && running.size < MAX_ATTEMPTS) {
      const nowMs = clock.now();
      const entry = index.take(nowMs, (channel) => gates.get(channel)?.canSend(nowMs) ?? false);
      if (!entry) return;
      // What has expired is only recorded as such, whatever its channel does.
      const gate = gates.get(entry.channel);
      const task = attempt(entry, gate?.canSend(nowMs) ? gate : undefined);
      running.add(task);
      void task.finally(() => running.delete(task));
    }
  }

  function nextWaitMs(): number {
    const nowMs = clock.now();
    const pauses = [...gates.values()].map((gate) => gate.pausedUntilMs() ?? Infinity);
    const times = [index.nextDueMs(), ...pauses].filter((time) => time > nowMs);
    return Math.max(1, Math.min(...times, nowMs + POLL_MS) - nowMs);
  }

  return {
    wake: () => waker.wake(),
    async run(complete) {
      while (!complete.aborted && !stopping.aborted) await clock.sleep(POLL_MS, complete);
      while (!stopping.aborted) {
        startDue();
        await waker.wait(nextWaitMs());
      }
    },
    async ended() {
      await Promise.all(running);
    },
    report: () =>
      [...gates.values()].map((gate) => ({
        channel: gate.channel.name,
        sending: gate.sending,
        ...gate.counts(),
        pausedUntilMs: gate.pausedUntilMs(),
      })),
  };
}
