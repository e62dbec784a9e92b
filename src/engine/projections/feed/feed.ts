import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../../ports/event-log.ts';
import type { Checkpoint, CheckpointMove, CollectionWrites } from '../../../ports/read-store.ts';
import { CheckpointMovedError, yieldTurn } from '../lifecycle/catch-up.ts';
import { belongsToLog, reportCheckpointConflict } from '../folding/checkpoint-check.ts';
import { createContinuity } from './continuity.ts';
import { PoisonEventError } from '../folding/fold.ts';
import { createGapRepair, type GapRepairOptions } from './gap-repair.ts';
import type { Generation } from '../folding/generation.ts';
import { FencedError } from '../../leases/fenced-store.ts';
import { backOffMs } from '../back-off.ts';
import type { EngineContext } from '../context.ts';

/** The log is not the one that the read models were made from. */
export class OtherLogError extends Error {
  constructor(name: string) {
    super(`the checkpoint ${name} was made over another log or a newer copy of this one`);
    this.name = 'OtherLogError';
  }
}

export interface Feed {
  /** Reads or makes the feed's checkpoint. @throws OtherLogError */
  open(): Promise<void>;
  /** Forgets everything and begins at the head: each projection reads the past by itself. */
  restartAtHead(): Promise<void>;
  /** Follows the log until the context stops; subscribes again after any end or error (K11). */
  run(): Promise<void>;
  /** Takes a member in when it has seen exactly what the feed has. Call inside `writing`. */
  join(member: Generation): boolean;
  /** Lets other processes know of the members there are now. Call inside `writing`. */
  announce(): Promise<void>;
  leave(member: Generation): void;
  /**
   * Finds out whether the last commit was done when its answer was lost: then documents are ahead
   * of `reached`, and this process itself moved the checkpoints. Call inside `writing`.
   */
  resolveInDoubtCommit(): Promise<void>;
  reached(): Position;
  readonly members: ReadonlySet<Generation>;
}

export interface FeedOptions extends Pick<GapRepairOptions, 'everyMember' | 'onUnrepairable'> {
  readonly categories: readonly string[];
  readonly onOtherLog: () => Promise<void>;
}

/**
 * One ordered subscription for all live projections: each batch is one commit of the read store.
 */
export function createFeed(
  context: EngineContext,
  { categories, everyMember, onOtherLog, onUnrepairable }: FeedOptions,
): Feed {
  const { log, store, limits, clock, logger, journal, waiters, writing, stopping } = context;
  const FEED = context.feedName;
  const ORIGIN = `${FEED}-origin`;
  const members = new Set<Generation>();
  let checkpoint: Checkpoint | undefined;
  let origin = START;
  let reached = START;
  let current = new AbortController();
  let lastMessageAt = 0;
  /** A commit that failed may have been done all the same. `all`: who has not left since. */
  let inDoubt: { to: Checkpoint; moved: readonly Generation[]; all: Set<Generation> } | undefined;
  const continuity = createContinuity(log, store, FEED, () => origin, limits.cachedRevisions);
  const mend = createGapRepair(context, {
    everyMember,
    reached: () => reached,
    leave,
    onUnrepairable,
  });

  function moveTo(position: Position): void {
    if (comparePositions(position, reached) <= 0) return;
    reached = position;
    for (const member of members) member.position = position;
    waiters.check();
  }

  function leave(member: Generation): void {
    if (!members.delete(member)) return;
    // It goes on from what it knows to be stored, also when it is back before that is found out.
    inDoubt?.all.delete(member);
    member.state = 'catching-up';
    member.wake();
  }

  async function open(): Promise<void> {
    await store.claim(FEED);
    await store.claim(ORIGIN);
    checkpoint = await store.checkpoint(FEED);
    if (!checkpoint) return restartAtHead();
    if (!(await belongsToLog(log, checkpoint))) throw new OtherLogError(FEED);
    origin = (await store.checkpoint(ORIGIN))?.position ?? START;
    reached = checkpoint.position;
    continuity.forget();
  }

  async function restartAtHead(): Promise<void> {
    current.abort();
    for (const member of [...members]) leave(member);
    await store.resetCheckpoint(FEED);
    await store.resetCheckpoint(ORIGIN);
    continuity.forget();
    const position = await log.head();
    const event = await log.readAt(position);
    const at: Checkpoint = { logId: await log.logId(), position, eventId: event?.id };
    const begun = await store.commit({
      checkpoints: [
        { name: FEED, from: undefined, to: at },
        { name: ORIGIN, from: undefined, to: at },
      ],
    });
    if (begun.outcome !== 'done') throw new CheckpointMovedError(begun.name);
    checkpoint = at;
    origin = position;
    reached = position;
  }

  /** What one member makes of a batch; one that stumbles leaves and goes on by itself. */
  async function foldFor(member: Generation, events: readonly RecordedEvent[]) {
    try {
      const touches = member.fold.touches(events, member.skipped);
      if (touches.length === 0) return undefined;
      const keys = new Set(touches.flatMap((touch) => touch.keys));
      const stored = await store.load(member.collection.name, [...keys]);
      return [...member.fold.apply(touches, stored).values()];
    } catch (error) {
      if (!(error instanceof PoisonEventError)) throw error;
      logger.warn(
        { projection: member.projection.name, eventId: error.event.id, reason: error.message },
        'an event could not be folded; the projection leaves the feed',
      );
      leave(member);
      return undefined;
    }
  }

  async function apply(events: readonly RecordedEvent[], last: RecordedEvent): Promise<void> {
    const logId = await log.logId();
    const to: Checkpoint = { logId, position: last.position, eventId: last.id };
    const revisions = { feed: FEED, of: continuity.takePending() };
    const documents: CollectionWrites[] = [];
    const moves: CheckpointMove[] = [];
    const moved: Generation[] = [];
    for (const member of [...members]) {
      const writes = await foldFor(member, events);
      if (!writes) continue;
      const { collection } = member;
      documents.push({ collection, writes });
      moves.push({ name: collection.name, from: member.checkpoint, to });
      moved.push(member);
    }
    // Last, for a store that moves them one by one: no member is then behind its feed.
    moves.push({ name: FEED, from: checkpoint, to: { ...to, members: namesOf(members) } });
    inDoubt = { to, moved, all: new Set(members) };
    const outcome = await store.commit({ documents, checkpoints: moves, revisions });
    inDoubt = undefined;
    if (outcome.outcome !== 'done') return checkpointMoved(outcome.name);
    committed(to, moved);
    for (const member of moved) member.lastRecordedAt = last.recordedAt;
  }

  function committed(to: Checkpoint, moved: readonly Generation[]): void {
    checkpoint = to;
    for (const member of moved) if (members.has(member)) member.checkpoint = to;
    moveTo(to.position);
  }

  async function resolveInDoubtCommit(): Promise<void> {
    if (!inDoubt) return;
    const { to, moved, all } = inDoubt;
    const stored = await store.checkpoint(FEED);
    inDoubt = undefined;
    if (stored?.logId !== to.logId || stored.eventId !== to.eventId) return;
    if (comparePositions(stored.position, to.position) !== 0) return;
    // Whoever joined since was not part of that commit and reads the batch by itself.
    for (const member of [...members]) if (!all.has(member)) leave(member);
    const stayed = moved.filter((member) => all.has(member));
    committed(to, stayed);
  }

  /** Nothing was written. The one whose checkpoint it is starts from the safer of the two. */
  async function checkpointMoved(name: string): Promise<never> {
    const member = [...members].find(({ collection }) => collection.name === name);
    continuity.forget();
    if (member) {
      await reportCheckpointConflict(context, member);
      leave(member);
    } else {
      const found = { key: name, kind: 'checkpoint-moved' };
      const stored = await store.checkpoint(FEED);
      const detail = stored ? 'the stored checkpoint is another one' : 'the checkpoint is gone';
      await journal.record(FEED, 'GapFound', { ...found, detail });
      if (stored) checkpoint = stored;
      else await restartAtHead();
      await journal.record(FEED, 'GapHealed', found);
    }
    throw new CheckpointMovedError(name);
  }

  const isLate = ({ position }: RecordedEvent) => comparePositions(position, reached) <= 0;

  /** Events delivered again. One that was never passed on had been dropped when its time was. */
  async function takeLate(events: readonly RecordedEvent[]): Promise<void> {
    const late: RecordedEvent[] = [];
    for (const event of events) {
      const verdict = await continuity.judge(event);
      if (verdict.verdict === 'skip') continue;
      if (verdict.verdict === 'gap') late.push(...(await continuity.missing(event, verdict.from)));
      late.push(event);
      continuity.markDelivered(event);
    }
    const first = late[0];
    if (!first) return;
    const detail = `revision ${first.revision} and ${late.length - 1} more were delivered late`;
    await mend(first.stream, detail, late);
  }

  async function take(events: readonly RecordedEvent[]): Promise<void> {
    await continuity.prepare(events, reached);
    await takeLate(events.filter(isLate));
    let accepted: RecordedEvent[] = [];
    for (const event of events.filter((each) => !isLate(each))) {
      const verdict = await continuity.judge(event);
      if (verdict.verdict === 'skip') continue;
      if (verdict.verdict === 'gap') {
        const before = accepted.at(-1);
        if (before) await apply(accepted, before);
        const missing = await continuity.missing(event, verdict.from);
        const detail = `revisions ${verdict.from} to ${event.revision - 1} were not delivered`;
        await mend(event.stream, detail, missing.filter(isLate));
        accepted = missing.filter((each) => !isLate(each));
      }
      accepted.push(event);
      continuity.markDelivered(event);
    }
    const last = accepted.at(-1);
    if (last) await apply(accepted, last);
    const end = events.at(-1);
    if (end) moveTo(end.position);
  }

  async function handle(message: SubscriptionMessage, signal: AbortSignal): Promise<void> {
    lastMessageAt = clock.now();
    await writing.run(async () => {
      // A subscription that was given up may speak of a log that is not there any more.
      if (signal.aborted) return;
      if (message.kind === 'events') await take(message.events);
      else moveTo(message.position);
    });
    if (message.kind !== 'events') return;
    await yieldTurn();
    const busy = message.events.length > 1 && !context.hasWaiters();
    if (busy && limits.feedBatchDelayMs > 0) await clock.sleep(limits.feedBatchDelayMs, signal);
  }

  /** Notices a subscription that ended without a word: the log has grown and nothing comes. */
  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(limits.stallTimeoutMs, signal);
      if (signal.aborted || clock.now() - lastMessageAt < limits.stallTimeoutMs) continue;
      try {
        if (await isUpToDate(signal)) continue;
        logger.warn({ reached: String(reached.commit) }, 'the feed is silent; subscribing again');
        current.abort();
      } catch (error) {
        logger.warn({ error: String(error) }, 'the feed could not be watched; trying again');
        if (inDoubt) current.abort();
      }
    }
  }

  async function isUpToDate(signal: AbortSignal): Promise<boolean> {
    if (checkpoint && comparePositions(checkpoint.position, reached) < 0) {
      await writing.run(() => takeDropped(signal));
    }
    const page = await log.readAll({ after: reached, limit: 1, categories });
    if (page.events.length > 0) return false;
    if (!signal.aborted) moveTo(page.position);
    return true;
  }

  /** Events after the checkpoint that were passed over: nothing came that would have shown it. */
  async function takeDropped(signal: AbortSignal): Promise<void> {
    if (!checkpoint) return;
    const { position: after } = checkpoint;
    const page = await log.readAll({ after, limit: limits.feedBatch, categories });
    const dropped = page.events.filter(isLate);
    const last = dropped.at(-1);
    if (!last || signal.aborted) return;
    await continuity.prepare(dropped, reached);
    await takeLate(dropped);
    await apply([], last);
  }

  async function followOnce(): Promise<void> {
    current = new AbortController();
    const signal = AbortSignal.any([current.signal, stopping]);
    lastMessageAt = clock.now();
    const watching = watch(signal);
    const committed = checkpoint?.position ?? reached;
    try {
      const subscription = log.subscribe({
        after: comparePositions(committed, reached) < 0 ? committed : reached,
        categories,
        signal,
        batchSize: limits.feedBatch,
      });
      for await (const message of subscription) await handle(message, signal);
    } finally {
      current.abort();
      await watching;
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.aborted;) {
      const before = reached;
      try {
        await writing.run(resolveInDoubtCommit);
        if (checkpoint && !(await belongsToLog(log, checkpoint))) await onOtherLog();
        await followOnce();
      } catch (error) {
        if (stopping.aborted) return;
        logger.warn({ error: String(error) }, 'the feed ended; subscribing again');
        continuity.forget();
      }
      failures = comparePositions(before, reached) === 0 ? failures + 1 : 0;
      if (!stopping.aborted) await clock.sleep(backOffMs(context, failures), stopping);
    }
  }

  return {
    open,
    restartAtHead,
    run,
    leave,
    resolveInDoubtCommit,
    async announce() {
      if (!checkpoint) return;
      const to = { ...checkpoint, members: namesOf(members) };
      const move = { name: FEED, from: checkpoint, to };
      try {
        // A checkpoint that another writer moved shows in the next batch, which repairs it.
        await store.commit({ checkpoints: [move] });
      } catch (error) {
        // The engine stops, but what it was to announce was done before.
        if (!(error instanceof FencedError)) throw error;
      }
    },
    join(member) {
      if (member.state === 'retired') return false;
      if (comparePositions(member.position, reached) !== 0) return false;
      member.state = 'live';
      members.add(member);
      return true;
    },
    reached: () => reached,
    members,
  };
}

function namesOf(members: ReadonlySet<Generation>): string[] {
  return [...members].map(({ collection }) => collection.name);
}
