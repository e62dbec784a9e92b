import type { DeliveryChannel, SendOutcome } from '../../ports/delivery-channel.ts';

/** Messages in a row that did not reach the other side, after which a channel pauses. */
const PAUSE_AFTER = 3;
const INITIAL_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 300_000;

/**
 * Whether a channel can send. After several messages that did not reach the other side it pauses,
 * so that they do not use up the attempts of all others; then one message is sent as a trial.
 */
export interface ChannelGate {
  readonly channel: DeliveryChannel;
  canSend(nowMs: number): boolean;
  /** When a paused channel tries again. */
  pausedUntilMs(): number | undefined;
  enter(): void;
  leave(outcome: SendOutcome | undefined, nowMs: number): void;
  readonly sending: number;
  /** Attempts by result. */
  counts(): { readonly completed: number; readonly failed: number };
}

export function createChannelGate(channel: DeliveryChannel): ChannelGate {
  let sending = 0;
  let unreachable = 0;
  let completed = 0;
  let failed = 0;
  let pausedUntil: number | undefined;

  const limit = () => (unreachable >= PAUSE_AFTER ? 1 : channel.maxConcurrent);

  return {
    channel,
    canSend: (nowMs) => sending < limit() && (pausedUntil === undefined || nowMs >= pausedUntil),
    pausedUntilMs: () => pausedUntil,
    enter() {
      sending += 1;
    },
    leave(outcome, nowMs) {
      sending -= 1;
      if (!outcome) return;
      if (outcome.outcome === 'accepted') completed += 1;
      else failed += 1;
      if (outcome.outcome === 'accepted' || !outcome.unreachable) {
        unreachable = 0;
        pausedUntil = undefined;
        return;
      }
      unreachable += 1;
      if (unreachable < PAUSE_AFTER) return;
      const pause = Math.min(INITIAL_PAUSE_MS * 2 ** (unreachable - PAUSE_AFTER), MAX_PAUSE_MS);
      pausedUntil = nowMs + pause;
    },
    counts: () => ({ completed, failed }),
    get sending() {
      return sending;
    },
  };
}
