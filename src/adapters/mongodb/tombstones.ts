import type { Logger } from '../../ports/logger.ts';
import type { Collections } from './read-store-collections.ts';
import { sortablePosition } from './sortable-position.ts';
import type { Checkpoints } from './checkpoints.ts';

/** Nobody can still hold on to what a document was so long ago. */
const KEEP_MS = 7 * 24 * 3_600_000;
const BETWEEN_MS = 3_600_000;

export interface Tombstones {
  /** Removes what is left of documents that were deleted long ago, now and then. Never rejects. */
  purge(collection: string): Promise<void>;
}

/**
 * A deleted document leaves its position and epoch, so that a processor that is late does not bring
 * it back. They go once the collection's checkpoint and a week have passed.
 */
export function createTombstones(
  collections: Collections,
  checkpoints: Checkpoints,
  logger: Logger,
): Tombstones {
  const nextAt = new Map<string, number>();
  return {
    async purge(collection) {
      const now = performance.now();
      if (now < (nextAt.get(collection) ?? 0)) return;
      nextAt.set(collection, now + BETWEEN_MS);
      try {
        const checkpoint = await checkpoints.get(collection);
        if (!checkpoint) return;
        await collections.documents(collection).deleteMany({
          deletedAt: { $exists: true },
          position: { $lt: sortablePosition(checkpoint.position) },
          $expr: { $lt: ['$deletedAt', { $subtract: ['$$NOW', KEEP_MS] }] },
        });
      } catch (error) {
        logger.warn({ collection, error: String(error) }, 'old deletions stay for another while');
      }
    },
  };
}
