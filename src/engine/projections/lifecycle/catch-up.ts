import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import type { Checkpoint, DocumentWrite, StoredDocument } from '../../../ports/read-store.ts';
import type { PageReader } from '../../shared-pages.ts';
import { yieldTurn } from '../../yield-turn.ts';
import type { EngineContext } from '../context.ts';
import { CheckpointMovedError } from '../folding/checkpoint-conflict.ts';
import { PoisonEventError } from '../folding/fold.ts';
import type { Generation } from '../folding/generation.ts';

type Documents = Map<string, StoredDocument | DocumentWrite>;

/**
 * Brings a generation from its position up to `target` by itself: in slices for the event loop and
 * in big batches for the store, documents and checkpoint together.
 * @throws PoisonEventError after everything before that event has been written.
 * @throws CheckpointMovedError
 */
export async function catchUpTo(
  context: EngineContext,
  generation: Generation,
  target: Position,
): Promise<void> {
  if (comparePositions(generation.position, target) < 0) {
    const reader = context.pages.enter(generation.projection.categories);
    try {
      if (!(await takeAll(context, generation, reader, target))) return;
    } finally {
      reader.leave();
    }
  }
  await saveQuietProgress(context, generation);
}

/** @returns false when it stopped before the target. */
async function takeAll(
  context: EngineContext,
  generation: Generation,
  reader: PageReader,
  target: Position,
): Promise<boolean> {
  let recent: Documents = new Map();
  let coming: Promise<Batch> | undefined;
  while (comparePositions(generation.position, target) < 0) {
    if (context.stopping.aborted || generation.paused || generation.state === 'retired') {
      return false;
    }
    const { events, position } = await (coming ??
      readBatch(context, reader, generation.position, target));
    coming = undefined;
    if (comparePositions(position, target) < 0) {
      // A write to a remote store takes time: the next batch is read meanwhile.
      coming = readBatch(context, reader, position, target);
      // The next pass awaits it, and meets its error.
      coming.catch(() => undefined);
    }
    recent = await writeBatch(context, generation, events, recent);
    generation.position = position;
    context.waiters.check();
    await yieldTurn();
  }
  return true;
}

interface Batch {
  readonly events: readonly RecordedEvent[];
  /** How far the log was examined for them. */
  readonly position: Position;
}

/**
 * Moves the checkpoint past a part of the log without events for the generation, or each start
 * would read that part again.
 */
async function saveQuietProgress(context: EngineContext, generation: Generation): Promise<void> {
  const saved = generation.checkpoint?.position ?? START;
  if (comparePositions(saved, generation.position) >= 0) return;
  // A position between two events does not identify the log that it belongs to.
  const event = await context.log.readAt(generation.position);
  if (event) await commit(context, generation, event, []);
}

async function readBatch(
  { limits, stopping }: EngineContext,
  reader: PageReader,
  after: Position,
  target: Position,
): Promise<Batch> {
  const events: RecordedEvent[] = [];
  // Generations that share pages stay side by side, however few events one of them finds in each.
  const mostPages = Math.ceil(limits.commitEvents / limits.sliceEvents);
  let pages = 0;
  let position = after;
  // A page that is full of large events is a batch of its own.
  while (
    events.length < limits.commitEvents &&
    pages < mostPages &&
    comparePositions(position, target) < 0 &&
    !stopping.aborted
  ) {
    const page = await reader.read(position);
    pages += 1;
    for (const event of page.events) {
      if (comparePositions(event.position, target) <= 0) events.push(event);
    }
    const passed = page.atHead || comparePositions(page.position, target) > 0;
    position = passed ? target : page.position;
    await yieldTurn();
    if (page.full) break;
  }
  return { events, position };
}

async function writeBatch(
  context: EngineContext,
  generation: Generation,
  events: readonly RecordedEvent[],
  recent: Documents,
): Promise<Documents> {
  try {
    return await foldAndCommit(context, generation, events, recent);
  } catch (error) {
    if (!(error instanceof PoisonEventError)) throw error;
    const before = events.slice(
      0,
      events.findIndex(({ id }) => id === error.event.id),
    );
    await writeBatch(context, generation, before, recent);
    const last = before.at(-1);
    if (last) generation.position = last.position;
    throw error;
  }
}

async function foldAndCommit(
  context: EngineContext,
  generation: Generation,
  events: readonly RecordedEvent[],
  recent: Documents,
): Promise<Documents> {
  const { store } = context;
  const last = events.at(-1);
  if (!last) return recent;
  const touches = generation.fold.touches(events, generation.skipped);
  const documents: Documents = new Map();
  const missing = new Set<string>();
  for (const { keys } of touches) {
    for (const key of keys) {
      const known = recent.get(key);
      if (known) documents.set(key, known);
      else missing.add(key);
    }
  }
  const stored = await store.load(generation.collection.name, [...missing]);
  for (const [key, document] of stored) documents.set(key, document);
  const writes = generation.fold.apply(touches, documents);
  await commit(context, generation, last, [...writes.values()]);
  generation.lastRecordedAt = last.recordedAt;
  for (const [key, write] of writes) {
    if (write.body === undefined) documents.delete(key);
    else documents.set(key, write);
  }
  return documents;
}

/** Writes documents and checkpoint together. @throws CheckpointMovedError */
async function commit(
  context: EngineContext,
  generation: Generation,
  last: RecordedEvent,
  writes: readonly DocumentWrite[],
): Promise<void> {
  const { collection, checkpoint } = generation;
  const { position, id: eventId } = last;
  const to: Checkpoint = { logId: await context.log.logId(), position, eventId };
  const outcome = await context.store.commit({
    documents: [{ collection, writes }],
    checkpoints: [{ name: collection.name, from: checkpoint, to }],
  });
  if (outcome.outcome !== 'done') throw new CheckpointMovedError(outcome.name);
  generation.checkpoint = to;
  generation.failures.succeeded();
}
