import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import type { EngineContext } from '../context.ts';
import { CheckpointMovedError } from './checkpoint-conflict.ts';
import { compare, fieldsOf } from './compare.ts';
import { PoisonEventError } from './fold.ts';
import type { Generation } from './generation.ts';
import { foldKey } from './refold.ts';

/**
 * Restores documents from the log. Call while holding the write lock, for a generation that has
 * applied everything up to `upTo`. The raised epoch makes writers that read earlier fold again.
 * @throws CheckpointMovedError
 */
export async function restoreDocuments(
  { store }: EngineContext,
  generation: Generation,
  upTo: Position,
  repairs: ReadonlyMap<string, DocumentWrite | undefined>,
): Promise<void> {
  const { collection } = generation;
  const { name } = collection;
  const stored = await store.load(name, [...repairs.keys()]);
  const writes = [...repairs].map(([key, expected]): DocumentWrite => {
    const epoch = (stored.get(key)?.epoch ?? 0) + 1;
    if (expected) return { ...expected, epoch };
    return { key, storeId: partsOf(key).storeId, position: upTo, epoch, body: undefined };
  });
  const { checkpoint } = generation;
  const outcome = await store.commit({
    documents: [{ collection, writes }],
    checkpoints: checkpoint ? [{ name, from: checkpoint, to: checkpoint }] : [],
  });
  if (outcome.outcome !== 'done') throw new CheckpointMovedError(outcome.name);
}

/**
 * What looks like a poison event may be a sound event that met a damaged document. Compares the
 * documents that it touches with the log up to the generation's checkpoint, and restores the first
 * that differs. For a generation that catches up and has written everything before the event.
 * @returns true when it restored a document, so that the event can be tried again.
 */
export async function repairPoisonedDocument(
  context: EngineContext,
  generation: Generation,
  event: RecordedEvent,
): Promise<boolean> {
  const { engineEvents, store } = context;
  const projection = generation.projection.name;
  const upTo = generation.checkpoint?.position ?? START;
  try {
    const touches = generation.fold.touches([event], generation.skipped);
    const keys = touches.flatMap((touch) => touch.keys);
    const stored = await store.load(generation.collection.name, keys);
    for (const key of keys) {
      const found = stored.get(key);
      if (found && comparePositions(found.position, event.position) >= 0) continue;
      const expected = await foldKey(context, generation, key, upTo);
      const mismatch = compare(key, expected, found);
      if (!mismatch) continue;
      const { kind } = mismatch;
      const detail = fieldsOf(mismatch);
      await engineEvents.record(projection, 'GapFound', { key, kind, detail });
      await restoreDocuments(context, generation, upTo, new Map([[key, expected]]));
      await engineEvents.record(projection, 'GapHealed', { key, kind });
      return true;
    }
  } catch (error) {
    if (!(error instanceof PoisonEventError)) throw error;
  }
  return false;
}
