import { FencedError } from '../../leases/fenced-store.ts';
import type { EngineContext } from '../context.ts';
import type { Generation } from './generation.ts';

/** The stored checkpoint is not the one that this engine wrote: continue from the earlier one. */
export class CheckpointMovedError extends Error {
  constructor(checkpoint: string) {
    super(`the checkpoint ${checkpoint} was moved by another writer`);
    this.name = 'CheckpointMovedError';
  }
}

/**
 * Records that another writer moved a generation's checkpoint. That writer may have changed its
 * documents in any way, so they are audited as soon as the generation is live again. A holder of a
 * newer lease may move the checkpoint: that is no finding, and this engine stops.
 */
export async function reportCheckpointConflict(
  { store, engineEvents, feedName }: EngineContext,
  generation: Generation,
): Promise<void> {
  try {
    await store.claim(feedName);
  } catch (error) {
    if (error instanceof FencedError) return;
    // A store that does not respond is no proof of a newer lease.
  }
  generation.needsAudit = 'checkpoint-moved';
  await engineEvents.record(generation.projection.name, 'GapFound', {
    key: generation.collection.name,
    kind: 'checkpoint-moved',
    detail: 'the stored checkpoint is not the one that was written last',
  });
}
