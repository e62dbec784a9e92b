import type { Logger } from '../../ports/logger.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Collections } from './read-store-collections.ts';
import { sortablePosition } from './sortable-position.ts';

/** No processor can still be working with a version of a document that is so old. */
const KEEP_MS = 7 * 24 * 3_600_000;
const INTERVAL_MS = 3_600_000;

export interface Tombstones {
  /** Starts to remove the tombstones of documents deleted long ago, at most once per interval. */
  purge(collection: string): void;
  /** Resolves when no removal is running. */
  settled(): Promise<void>;
}

/**
 * A deleted document keeps its position and epoch, so that a late processor does not restore it.
 * They are removed once the collection's checkpoint and a week have passed.
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
      const { place } = await collections.cached(collection);
      const position = { $lt: sortablePosition(checkpoint.position) };
      const stored = collections.documentsIn(place);
      // By the clock of the server, which some versions provide to queries but not to deletions.
      const isOld = { $lt: ['$deletedAt', { $subtract: ['$$NOW', KEEP_MS] }] };
      const newest = await stored.findOne(
        { deletedAt: { $exists: true }, position, $expr: isOld },
        { sort: { deletedAt: -1 }, projection: { deletedAt: 1 }, maxTimeMS },
      );
      if (!newest?.deletedAt) return;
      const deletedAt = { $exists: true, $lte: newest.deletedAt };
      await stored.deleteMany({ deletedAt, position }, { maxTimeMS });
    } catch (error) {
      logger.warn(
        { collection, error: String(error) },
        'old tombstones could not be removed; retrying later',
      );
    }
  }

  return {
    purge(collection) {
      const now = performance.now();
      if (now < (nextAt.get(collection) ?? 0)) return;
      nextAt.set(collection, now + INTERVAL_MS);
      const removing = remove(collection).finally(() => running.delete(removing));
      running.add(removing);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
