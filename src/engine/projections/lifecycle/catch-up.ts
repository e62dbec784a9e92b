import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { Checkpoint, DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';
import { PoisonEventError } from '../folding/fold.ts';
import type { Generation } from '../folding/generation.ts';
import type { EngineContext } from '../context.ts';

/** The stored checkpoint is not the one that this member wrote: start over from the safer one. */
export class CheckpointMovedError extends Error {
  constructor(name: string) {
    super(`the checkpoint ${name} was moved by somebody else`);
    this.name = 'CheckpointMovedError';
  }
}

type Documents = Map<string, StoredDocument | DocumentWrite>;

/** Lets everything else in the process have its turn between two slices of long work. */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Brings a member on its own from its position up to `target`, in slices for the event loop and in
 * big batches for the store, documents and checkpoint together.
 * @throws PoisonEventError after all before that event has been written.
 * @throws CheckpointMovedError
 */
export async function catchUpTo(
  context: EngineContext,
  member: Generation,
  target: Position,
): Promise<void> {
  let recent: Documents = new Map();
  let coming: Promise<Batch> | undefined;
  while (comparePositions(member.position, target) < 0) {
    if (context.stopping.aborted || member.paused || member.state === 'retired') return;
    const { events, position } = await (coming ??
      readBatch(context, member, member.position, target));
    coming = undefined;
    if (comparePositions(position, target) < 0) {
      // A store elsewhere takes its time to write: the next batch is read meanwhile.
      coming = readBatch(context, member, position, target);
      // Whoever waits for it is told.
      coming.catch(() => undefined);
    }
    recent = await writeBatch(context, member, events, recent);
    member.position = position;
    context.waiters.check();
    await yieldTurn();
  }
  await noteQuiet(context, member);
}

interface Batch {
  readonly events: readonly RecordedEvent[];
  /** How far the log was examined for them. */
  readonly position: Position;
}

/**
 * Where nothing came for a member, its checkpoint moves all the same: or each start would look
 * through the same part of the log again.
 */
async function noteQuiet(context: EngineContext, member: Generation): Promise<void> {
  const noted = member.checkpoint?.position ?? START;
  if (comparePositions(noted, member.position) >= 0) return;
  // A place between two events says nothing about the log that it belongs to.
  const event = await context.log.readAt(member.position);
  if (event) await commit(context, member, event, []);
}

async function readBatch(
  { log, limits, stopping }: EngineContext,
  member: Generation,
  after: Position,
  target: Position,
): Promise<Batch> {
  const events: RecordedEvent[] = [];
  let position = after;
  while (
    events.length < limits.commitEvents &&
    comparePositions(position, target) < 0 &&
    !stopping.aborted
  ) {
    const page = await log.readAll({
      after: position,
      limit: limits.sliceEvents,
      categories: member.projection.categories,
    });
    for (const event of page.events) {
      if (comparePositions(event.position, target) <= 0) events.push(event);
    }
    const passed = page.atHead || comparePositions(page.position, target) > 0;
    position = passed ? target : page.position;
    await yieldTurn();
  }
  return { events, position };
}

async function writeBatch(
  context: EngineContext,
  member: Generation,
  events: readonly RecordedEvent[],
  recent: Documents,
): Promise<Documents> {
  try {
    return await foldAndCommit(context, member, events, recent);
  } catch (error) {
    if (!(error instanceof PoisonEventError)) throw error;
    const before = events.slice(
      0,
      events.findIndex(({ id }) => id === error.event.id),
    );
    await writeBatch(context, member, before, recent);
    const last = before.at(-1);
    if (last) member.position = last.position;
    throw error;
  }
}

async function foldAndCommit(
  context: EngineContext,
  member: Generation,
  events: readonly RecordedEvent[],
  recent: Documents,
): Promise<Documents> {
  const { store } = context;
  const last = events.at(-1);
  if (!last) return recent;
  const touches = member.fold.touches(events, member.skipped);
  const documents: Documents = new Map();
  const missing = new Set<string>();
  for (const { keys } of touches) {
    for (const key of keys) {
      const known = recent.get(key);
      if (known) documents.set(key, known);
      else missing.add(key);
    }
  }
  const stored = await store.load(member.collection.name, [...missing]);
  for (const [key, document] of stored) documents.set(key, document);
  const writes = member.fold.apply(touches, documents);
  await commit(context, member, last, [...writes.values()]);
  member.lastRecordedAt = last.recordedAt;
  for (const [key, write] of writes) {
    if (write.body === undefined) documents.delete(key);
    else documents.set(key, write);
  }
  return documents;
}

/** Writes documents and checkpoint of a member on its own. @throws CheckpointMovedError */
async function commit(
  context: EngineContext,
  member: Generation,
  last: RecordedEvent,
  writes: readonly DocumentWrite[],
): Promise<void> {
  const { collection, checkpoint } = member;
  const { position, id: eventId } = last;
  const to: Checkpoint = { logId: await context.log.logId(), position, eventId };
  const outcome = await context.store.commit({
    documents: [{ collection, writes }],
    checkpoints: [{ name: collection.name, from: checkpoint, to }],
  });
  if (outcome.outcome !== 'done') throw new CheckpointMovedError(outcome.name);
  member.checkpoint = to;
}
