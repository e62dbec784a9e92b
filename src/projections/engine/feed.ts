import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../domain/kernel/position.ts';
import type { SubscriptionMessage } from '../../ports/event-log.ts';
import type { Checkpoint, CheckpointMove, CollectionWrites } from '../../ports/read-store.ts';
import { CheckpointMovedError } from './catch-up.ts';
import { belongsToLog } from './checkpoint-check.ts';
import { createContinuity } from './continuity.ts';
import { PoisonEventError } from './fold.ts';
import { foldKey, putBack } from './heal.ts';
import type { Member } from './member.ts';
import { backOffMs, type EngineContext } from './types.ts';

const FEED = 'feed';
const ORIGIN = 'feed-origin';

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
  join(member: Member): boolean;
  leave(member: Member): void;
  readonly reached: Position;
  readonly members: ReadonlySet<Member>;
}

/** One ordered subscription for all live projections: each batch is one commit of the read store. */
export function createFeed(
  context: EngineContext,
  categories: readonly string[],
  onOtherLog: () => Promise<void>,
): Feed {
  const { log, store, limits, clock, logger, journal, waiters, writing, stopping } = context;
  const members = new Set<Member>();
  let checkpoint: Checkpoint | undefined;
  let origin = START;
  let reached = START;
  let current = new AbortController();
  let lastMessageAt = 0;
  const continuity = createContinuity(log, store, () => origin);

  function moveTo(position: Position): void {
    if (comparePositions(position, reached) <= 0) return;
    reached = position;
    for (const member of members) member.position = position;
    waiters.check();
  }

  function leave(member: Member): void {
    if (!members.delete(member)) return;
    member.state = 'catching-up';
    member.wake();
  }

  async function open(): Promise<void> {
    checkpoint = await store.checkpoint(FEED);
    if (!checkpoint) return restartAtHead();
    if (!(await belongsToLog(log, checkpoint))) throw new OtherLogError(FEED);
    origin = (await store.checkpoint(ORIGIN))?.position ?? START;
    reached = checkpoint.position;
    continuity.forget();
  }

  async function restartAtHead(): Promise<void> {
    for (const member of [...members]) leave(member);
    await store.resetCheckpoint(FEED);
    await store.resetCheckpoint(ORIGIN);
    continuity.forget();
    const position = await log.head();
    const event = await log.readAt(position);
    const at: Checkpoint = { logId: await log.logId(), position, eventId: event?.id };
    await store.commit({
      documents: [],
      checkpoints: [
        { name: FEED, from: undefined, to: at },
        { name: ORIGIN, from: undefined, to: at },
      ],
    });
    checkpoint = at;
    origin = position;
    reached = position;
  }

  /** What one member makes of a batch; one that stumbles leaves and goes on by itself. */
  async function foldFor(member: Member, events: readonly RecordedEvent[]) {
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
    const revisions = continuity.takePending();
    const documents: CollectionWrites[] = [];
    const moves: CheckpointMove[] = [{ name: FEED, from: checkpoint, to }];
    const moved: Member[] = [];
    for (const member of [...members]) {
      const writes = await foldFor(member, events);
      if (!writes) continue;
      const { collection } = member;
      documents.push({ collection, writes });
      moves.push({ name: collection.name, from: member.checkpoint, to });
      moved.push(member);
    }
    const outcome = await store.commit({ documents, checkpoints: moves, revisions });
    if (outcome.outcome !== 'done') return checkpointMoved(outcome.name);
    checkpoint = to;
    for (const member of moved) {
      member.checkpoint = to;
      member.lastRecordedAt = last.recordedAt;
    }
    moveTo(last.position);
  }

  /** Nothing was written. The one whose checkpoint it is starts from the safer of the two. */
  async function checkpointMoved(name: string): Promise<never> {
    const projection = name === FEED ? FEED : name;
    await journal.record(projection, 'GapFound', {
      key: name,
      kind: 'checkpoint-moved',
      detail: 'the stored checkpoint is not the one that was written last',
    });
    continuity.forget();
    if (name === FEED) checkpoint = await store.checkpoint(FEED);
    for (const member of [...members]) if (member.collection.name === name) leave(member);
    throw new CheckpointMovedError(name);
  }

  /** Late events belong before the feed's position: what they touch is folded again, in order. */
  async function mend(event: RecordedEvent, missing: readonly RecordedEvent[]): Promise<void> {
    const late = missing.filter(({ position }) => comparePositions(position, reached) <= 0);
    const first = missing[0]?.revision ?? event.revision;
    const key = event.stream;
    const kind = 'dropped-events';
    const detail = `revisions ${first} to ${event.revision - 1} were not delivered`;
    await journal.record(FEED, 'GapFound', { key, kind, detail });
    for (const member of members) {
      const keys = new Set(
        member.fold.touches(late, member.skipped).flatMap((touch) => touch.keys),
      );
      const repairs = new Map<string, Awaited<ReturnType<typeof foldKey>>>();
      for (const key of keys) repairs.set(key, await foldKey(context, member, key, reached));
      if (repairs.size > 0) await putBack(context, member, reached, repairs);
    }
    await journal.record(FEED, 'GapHealed', { key, kind });
  }

  async function take(events: readonly RecordedEvent[]): Promise<void> {
    await continuity.prepare(events);
    let accepted: RecordedEvent[] = [];
    for (const event of events) {
      const verdict = await continuity.judge(event);
      if (verdict.verdict === 'skip') continue;
      if (verdict.verdict === 'gap') {
        const before = accepted.at(-1);
        if (before) await apply(accepted, before);
        const missing = await continuity.missing(event, verdict.from);
        await mend(event, missing);
        accepted = missing.filter(({ position }) => comparePositions(position, reached) > 0);
      }
      accepted.push(event);
      continuity.passedOn(event);
    }
    const last = accepted.at(-1);
    if (last) await apply(accepted, last);
    const end = events.at(-1);
    if (end) moveTo(end.position);
  }

  async function handle(message: SubscriptionMessage): Promise<void> {
    lastMessageAt = clock.now();
    if (message.kind === 'events') await writing.run(() => take(message.events));
    else moveTo(message.position);
  }

  /** Notices a subscription that ended without a word: the log has grown and nothing comes. */
  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(limits.silenceMs, signal);
      if (signal.aborted) return;
      const silent = clock.now() - lastMessageAt >= limits.silenceMs;
      if (!silent) continue;
      const page = await log.readAll({ after: reached, limit: 1, categories });
      if (page.events.length === 0) {
        moveTo(page.position);
        continue;
      }
      logger.warn({ reached: String(reached.commit) }, 'the feed is silent; subscribing again');
      current.abort();
      return;
    }
  }

  async function followOnce(): Promise<void> {
    current = new AbortController();
    const signal = AbortSignal.any([current.signal, stopping]);
    lastMessageAt = clock.now();
    const watching = watch(signal).catch((error: unknown) => {
      logger.warn({ error: String(error) }, 'the feed could not be watched');
    });
    try {
      const subscription = log.subscribe({
        after: checkpoint?.position ?? START,
        categories,
        signal,
        batchSize: limits.feedBatch,
      });
      for await (const message of subscription) await handle(message);
    } finally {
      current.abort();
      await watching;
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.aborted;) {
      const before = reached;
      try {
        if (checkpoint && !(await belongsToLog(log, checkpoint))) {
          await onOtherLog();
        }
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
    join(member) {
      if (comparePositions(member.position, reached) !== 0) return false;
      member.state = 'live';
      members.add(member);
      return true;
    },
    get reached() {
      return reached;
    },
    members,
  };
}
