import { comparePositions, START } from '../../../domain/kernel/position.ts';
import { catchUpTo, CheckpointMovedError } from './catch-up.ts';
import { belongsToLog, reportCheckpointConflict } from '../folding/checkpoint-check.ts';
import { OtherLogError, type Feed } from '../feed/feed.ts';
import { PoisonEventError } from '../folding/fold.ts';
import { repairPoisonedDocument } from '../folding/refold.ts';
import type { Generation } from '../folding/generation.ts';
import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';

export interface RunnerEvents {
  /** The member has joined the feed: its documents are up to date. Inside the writing section. */
  joined(member: Generation): Promise<void>;
  blocked(member: Generation): Promise<void>;
  /** It rests until an operator lets it go on. */
  resting(member: Generation): void;
}

/**
 * Makes the stored checkpoint and the member agree. Where they differ the earlier one is taken:
 * to apply an event again changes nothing, to pass one over would.
 */
async function reconcileCheckpoint(context: EngineContext, member: Generation): Promise<void> {
  const { log, store } = context;
  if (member.checkpoint === undefined) await store.claim(member.collection.name);
  const stored = await store.checkpoint(member.collection.name);
  if (stored && !(await belongsToLog(log, stored))) throw new OtherLogError(member.collection.name);
  const position = stored?.position ?? START;
  const first = member.checkpoint === undefined;
  if (first || comparePositions(position, member.position) < 0) member.position = position;
  member.checkpoint = stored;
}

/** Resolves when somebody wakes the member: it left the feed, or may try again. */
function untilWoken({ stopping, sleepers }: EngineContext, member: Generation): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      sleepers.delete(wake);
      resolve();
    };
    member.wake = wake;
    if (stopping.aborted) resolve();
    else sleepers.add(wake);
  });
}

/**
 * Carries one member through its life: alone until it has seen what the feed has, then in the feed
 * until it stumbles, then alone again. A poison event is tried a few times and then blocks this
 * member only (K9); trouble with a store is tried again for ever, with back-off.
 */
export async function runGeneration(
  context: EngineContext,
  member: Generation,
  feed: Feed,
  events: RunnerEvents,
): Promise<void> {
  const { logger, clock, limits, stopping, store, writing } = context;
  let failures = 0;
  let poisonId: string | undefined;
  let ensured = false;
  while (!stopping.aborted && member.state !== 'retired') {
    try {
      if (member.paused) {
        await rest();
        continue;
      }
      if (!ensured) await store.ensureCollection(member.collection);
      ensured = true;
      await reconcileCheckpoint(context, member);
      await catchUpAndJoin();
      failures = 0;
      poisonId = undefined;
    } catch (error) {
      if (error instanceof OtherLogError) throw error;
      if (stopping.aborted) return;
      await recover(error);
    }
  }

  /** As an operator ordered, until one orders otherwise. */
  async function rest(): Promise<void> {
    const woken = untilWoken(context, member);
    member.state = 'paused';
    events.resting(member);
    await woken;
    if (member.state === 'paused') member.state = 'catching-up';
  }

  async function catchUpAndJoin(): Promise<void> {
    await catchUpTo(context, member, feed.reached());
    const woken = await writing.run(join);
    if (woken) return woken.left;
    if (member.paused || member.state === 'retired' || stopping.aborted) return;
    // The feed went back, since the log did: the stored checkpoint says what is left of this one.
    await clock.sleep(backOffMs(context, 0), stopping);
  }

  /** The feed rests meanwhile, so that the little that came since is the last. */
  async function join(): Promise<{ left: Promise<void> } | undefined> {
    await catchUpTo(context, member, feed.reached());
    if (member.paused || !feed.join(member)) return undefined;
    const left = untilWoken(context, member);
    try {
      await events.joined(member);
    } catch (error) {
      feed.leave(member);
      throw error;
    }
    return { left };
  }

  async function recover(error: unknown): Promise<void> {
    const name = member.projection.name;
    if (error instanceof CheckpointMovedError) await reportCheckpointConflict(context, member);
    if (error instanceof PoisonEventError) {
      failures = error.event.id === poisonId ? failures + 1 : 1;
      poisonId = error.event.id;
      if (failures >= limits.poisonAttempts) {
        await mendOrBlock(error);
        return;
      }
    } else {
      failures += 1;
      logger.warn(
        { projection: name, error: String(error) },
        'a projection stumbled; trying again',
      );
    }
    await clock.sleep(backOffMs(context, failures), stopping);
  }

  /** A store that fails meanwhile says nothing about the event, which is then tried again. */
  async function mendOrBlock(error: PoisonEventError): Promise<void> {
    failures = 0;
    try {
      if (await repairPoisonedDocument(context, member, error.event)) return;
    } catch (trouble) {
      await recover(trouble);
      return;
    }
    await block(error);
  }

  async function block(error: PoisonEventError): Promise<void> {
    const woken = untilWoken(context, member);
    member.state = 'blocked';
    member.blocked = { eventId: error.event.id, reason: error.message };
    await events.blocked(member);
    await woken;
    if (member.state === 'blocked') member.state = 'catching-up';
    member.blocked = undefined;
  }
}
