import { comparePositions, type Position } from '../../../domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../../ports/event-log.ts';
import type { Failure } from '../../failure-watch.ts';
import { yieldTurn } from '../../yield-turn.ts';
import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';
import type { Generation } from '../folding/generation.ts';
import { belongsToLog } from '../folding/log-identity.ts';
import { createBatches } from './batches.ts';
import { createContinuity } from './continuity.ts';
import { createDelivery } from './delivery.ts';
import { createFeedCheckpoint, type FeedCheckpoint } from './feed-checkpoint.ts';
import { createFeedState } from './feed-state.ts';
import { createGapRepair, type GapRepairOptions } from './gap-repair.ts';

export interface Feed extends FeedCheckpoint {
  /** Follows the log until the engine stops; resubscribes after any end or error (K11). */
  run(): Promise<void>;
  /**
   * Adds a generation to the members when it has seen exactly what the feed has, else returns
   * false. Call while holding the write lock.
   */
  join(generation: Generation): boolean;
  leave(generation: Generation): void;
  /** See `Batches`. Call while holding the write lock. */
  resolveInDoubtCommit(): Promise<void>;
  reached(): Position;
  /** Why its members cannot be updated, and since when. */
  failure(): Failure | undefined;
}

export interface FeedOptions extends Pick<GapRepairOptions, 'allGenerations' | 'onUnrepairable'> {
  readonly categories: readonly string[];
  readonly onOtherLog: () => Promise<void>;
}

/** One ordered subscription for all live generations: each batch is one commit of the store. */
export function createFeed(
  context: EngineContext,
  { categories, allGenerations, onOtherLog, onUnrepairable }: FeedOptions,
): Feed {
  const { log, limits, clock, logger, writing, stopping } = context;
  const state = createFeedState(context);
  const continuity = createContinuity(context, () => state.origin);
  const checkpoint = createFeedCheckpoint(context, state, continuity);
  const batches = createBatches(context, state, continuity, restartAtHead);
  const repairGap = createGapRepair(context, {
    allGenerations,
    reached: () => state.reached,
    leave: (generation) => state.leave(generation),
    onUnrepairable,
  });
  const delivery = createDelivery(context, state, continuity, batches, repairGap);
  let subscription = new AbortController();
  let lastMessageAt = 0;

  function restartAtHead(): Promise<void> {
    subscription.abort();
    return checkpoint.restartAtHead();
  }

  async function handle(message: SubscriptionMessage, signal: AbortSignal): Promise<void> {
    lastMessageAt = clock.now();
    await writing.run(async () => {
      // An aborted subscription may deliver from a log that has been replaced meanwhile.
      if (signal.aborted) return;
      if (message.kind === 'events') await delivery.take(message.events);
      else state.moveTo(message.position);
      // Everything before it was applied; a notice of progress alone can precede a failing batch.
      if (message.kind === 'caught-up') state.failures.succeeded();
    });
    if (message.kind !== 'events') return;
    await yieldTurn();
    const busy = message.events.length > 1 && !context.hasWaiters();
    if (busy && limits.feedBatchDelayMs > 0) await clock.sleep(limits.feedBatchDelayMs, signal);
  }

  /** Detects a subscription that stalled without an error: the log grows, nothing is delivered. */
  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(limits.stallTimeoutMs, signal);
      if (signal.aborted || clock.now() - lastMessageAt < limits.stallTimeoutMs) continue;
      try {
        if (await isUpToDate(signal)) {
          state.failures.succeeded();
          continue;
        }
        logger.warn({ reached: String(state.reached.commit) }, 'feed stalled; resubscribing');
        subscription.abort();
      } catch (error) {
        logger.warn({ error: String(error) }, 'feed could not be checked for a stall; retrying');
        state.failures.failed(error);
        if (state.inDoubt) subscription.abort();
      }
    }
  }

  async function isUpToDate(signal: AbortSignal): Promise<boolean> {
    const { checkpoint: stored } = state;
    if (stored && comparePositions(stored.position, state.reached) < 0) {
      await writing.run(() => delivery.takeDropped(categories, signal));
    }
    const page = await log.readAll({ after: state.reached, limit: 1, categories });
    if (page.events.length > 0) return false;
    if (!signal.aborted) state.moveTo(page.position);
    return true;
  }

  async function followOnce(): Promise<void> {
    subscription = new AbortController();
    const signal = AbortSignal.any([subscription.signal, stopping]);
    lastMessageAt = clock.now();
    const watching = watch(signal);
    const { reached } = state;
    const committed = state.checkpoint?.position ?? reached;
    try {
      const messages = log.subscribe({
        after: comparePositions(committed, reached) < 0 ? committed : reached,
        categories,
        signal,
        batchSize: limits.feedBatch,
      });
      for await (const message of messages) await handle(message, signal);
    } finally {
      subscription.abort();
      await watching;
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.aborted;) {
      const before = state.reached;
      try {
        await writing.run(batches.resolveInDoubtCommit);
        const { checkpoint: stored } = state;
        if (stored && !(await belongsToLog(log, stored))) await onOtherLog();
        await followOnce();
      } catch (error) {
        if (stopping.aborted) return;
        logger.warn({ error: String(error) }, 'feed ended; resubscribing');
        continuity.forget();
        state.failures.failed(error);
      }
      failures = comparePositions(before, state.reached) === 0 ? failures + 1 : 0;
      if (!stopping.aborted) await clock.sleep(backOffMs(context, failures), stopping);
    }
  }

  return {
    ...checkpoint,
    restartAtHead,
    run,
    leave: (generation) => state.leave(generation),
    resolveInDoubtCommit: batches.resolveInDoubtCommit,
    join(generation) {
      if (generation.state === 'retired') return false;
      if (comparePositions(generation.position, state.reached) !== 0) return false;
      generation.state = 'live';
      state.members.add(generation);
      return true;
    },
    reached: () => state.reached,
    failure: () => state.failures.current(),
  };
}
