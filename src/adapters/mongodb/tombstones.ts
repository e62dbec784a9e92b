import type { Logger } from '../../ports/logger.ts';
import type { Collections } from './read-store-collections.ts';
import { sortablePosition } from './sortable-position.ts';
import type { Checkpoints } from './checkpoints.ts';

/** Nobody can still hold on to what a document was so long ago. */
const KEEP_MS = 7 * 24 * 3_600_000;
const BETWEEN_MS = 3_600_000;

export interface Tombstones {
  /** Begins to remove what is left of documents that were deleted long ago, now and then. */
  purge(collection: string): void;
  /** Resolves when nothing of it is under way. */
  settled(): Promise<void>;
}

/**
 * A deleted document leaves its position and epoch, so that a processor that is late does not bring
 * it back. They go once the collection's checkpoint and a week have passed.
 */
export function createTombstones(
  collections: Collections,
  checkpoints: Checkpoints,
  logger: Logger,
  maxTimeMS: number,
): Tombstones {
  const nextAt = new Map<string, number>();
  const running = new Set<Promise<void>>();

  async function remove(collection: string): Promise<void> {
    try {
      const checkpoint = await checkpoints.get(collection);
      if (!checkpoint) return;
      const { place } = await collections.known(collection);
      const position = { $lt: sortablePosition(checkpoint.position) };
      const stored = collections.at(place);
      // The time is the server's, which tells it to queries; some versions do not to deletions.
      const isOld = { $lt: ['$deletedAt', { $subtract: ['$$NOW', KEEP_MS] }] };
      const newest = await stored.findOne(
        { deletedAt: { $exists: true }, position, $expr: isOld },
        { sort: { deletedAt: -1 }, projection: { deletedAt: 1 }, maxTimeMS },
      );
      if (!newest?.deletedAt) return;
      const deletedAt = { $exists: true, $lte: newest.deletedAt };
      await stored.deleteMany({ deletedAt, position }, { maxTimeMS });
    } catch (error) {
      logger.warn({ collection, error: String(error) }, 'old deletions stay for another while');
    }
  }

  return {
    purge(collection) {
      const now = performance.now();
      if (now < (nextAt.get(collection) ?? 0)) return;
      nextAt.set(collection, now + BETWEEN_MS);
      const removing = remove(collection).finally(() => running.delete(removing));
      running.add(removing);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
