import { comparePositions, START } from '../../../domain/kernel/position.ts';
import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';
import type { Feed } from '../feed/feed.ts';
import { CheckpointMovedError, reportCheckpointConflict } from '../folding/checkpoint-conflict.ts';
import { PoisonEventError } from '../folding/fold.ts';
import type { Generation } from '../folding/generation.ts';
import { belongsToLog, OtherLogError } from '../folding/log-identity.ts';
import { repairPoisonedDocument } from '../folding/restore.ts';
import { catchUpTo } from './catch-up.ts';

/** Called when a generation changes its state. */
export interface Transitions {
  /** It has joined the feed: its documents are up to date. The write lock is held. */
  joined(generation: Generation): Promise<void>;
  /** It stopped at a poison event, until an operator retries or skips it. */
  blocked(generation: Generation): Promise<void>;
  /** It is paused until an operator resumes it. */
  paused(generation: Generation): void;
}

/**
 * Makes the stored checkpoint and the generation agree, on the earlier of the two positions: to
 * apply an event again changes nothing, to skip one would. @throws OtherLogError
 */
async function reconcileCheckpoint(
  { log, store }: EngineContext,
  generation: Generation,
): Promise<void> {
  const { name } = generation.collection;
  if (generation.checkpoint === undefined) await store.claim(name);
  const stored = await store.checkpoint(name);
  if (stored && !(await belongsToLog(log, stored))) throw new OtherLogError(name);
  const position = stored?.position ?? START;
  const isFirst = generation.checkpoint === undefined;
  if (isFirst || comparePositions(position, generation.position) < 0) {
    generation.position = position;
  }
  generation.checkpoint = stored;
}

/** Resolves at the next `wake()` of the generation, or when the engine stops. */
function untilWoken({ stopping, sleepers }: EngineContext, generation: Generation): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      sleepers.delete(wake);
      resolve();
    };
    generation.wake = wake;
    if (stopping.aborted) resolve();
    else sleepers.add(wake);
  });
}

/**
 * Runs one generation: it catches up by itself, joins the feed, and catches up again whenever it
 * has left the feed. A poison event is tried `poisonAttempts` times and then blocks this generation
 * alone (K9); a failing store is retried without end, with back-off. Resolves when the engine stops
 * or the generation is retired.
 * @throws OtherLogError
 */
export async function runGeneration(
  context: EngineContext,
  generation: Generation,
  feed: Feed,
  transitions: Transitions,
): Promise<void> {
  const { logger, clock, limits, stopping, store, writing } = context;
  let failures = 0;
  let poisonId: string | undefined;
  let ensured = false;
  while (!stopping.aborted && generation.state !== 'retired') {
    try {
      if (generation.paused) {
        await pause();
        continue;
      }
      if (!ensured) await store.ensureCollection(generation.collection);
      ensured = true;
      await reconcileCheckpoint(context, generation);
      await catchUpAndJoin();
      failures = 0;
      poisonId = undefined;
    } catch (error) {
      if (error instanceof OtherLogError) throw error;
      if (stopping.aborted) return;
      await recover(error);
    }
  }

  async function pause(): Promise<void> {
    const woken = untilWoken(context, generation);
    generation.state = 'paused';
    generation.failures.succeeded();
    transitions.paused(generation);
    await woken;
    if (generation.state === 'paused') generation.state = 'catching-up';
  }

  async function catchUpAndJoin(): Promise<void> {
    await catchUpTo(context, generation, feed.reached());
    const joined = await writing.run(join);
    if (joined) return joined.left;
    if (generation.paused || generation.state === 'retired' || stopping.aborted) return;
    // The feed went back, since the log did: the stored checkpoint then shows what is left of it.
    await clock.sleep(backOffMs(context, 0), stopping);
  }

  /** Under the write lock no further batch comes, so the last few events can be caught up. */
  async function join(): Promise<{ left: Promise<void> } | undefined> {
    await catchUpTo(context, generation, feed.reached());
    if (generation.paused || !feed.join(generation)) return undefined;
    const left = untilWoken(context, generation);
    try {
      await transitions.joined(generation);
    } catch (error) {
      feed.leave(generation);
      throw error;
    }
    generation.failures.succeeded();
    return { left };
  }

  async function recover(error: unknown): Promise<void> {
    const name = generation.projection.name;
    if (error instanceof CheckpointMovedError) await reportCheckpointConflict(context, generation);
    if (error instanceof PoisonEventError) {
      failures = error.event.id === poisonId ? failures + 1 : 1;
      poisonId = error.event.id;
      if (failures >= limits.poisonAttempts) {
        await repairOrBlock(error);
        return;
      }
    } else {
      failures += 1;
      generation.failures.failed(error);
      logger.warn({ projection: name, error: String(error) }, 'projection failed; retrying');
    }
    await clock.sleep(backOffMs(context, failures), stopping);
  }

  /** A store that fails meanwhile is no verdict on the event, which is then tried again. */
  async function repairOrBlock(error: PoisonEventError): Promise<void> {
    failures = 0;
    try {
      if (await repairPoisonedDocument(context, generation, error.event)) return;
    } catch (failure) {
      await recover(failure);
      return;
    }
    await block(error);
  }

  async function block(error: PoisonEventError): Promise<void> {
    const woken = untilWoken(context, generation);
    generation.state = 'blocked';
    generation.blocked = { eventId: error.event.id, reason: error.message };
    generation.failures.succeeded();
    await transitions.blocked(generation);
    await woken;
    if (generation.state === 'blocked') generation.state = 'catching-up';
    generation.blocked = undefined;
  }
}
