import type { Db, Document } from 'mongodb';

import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';
import { retryOnDuplicate } from './bulk.ts';
import { PRIMARY } from './connection.ts';
import { type MongoTimeouts, withinTimeout } from './time-limits.ts';

interface StoredSnapshot extends Document {
  readonly _id: string;
  readonly revision: number;
  readonly body: string;
}

/** Snapshots are hints: the acknowledgement of one node is enough, and the last write wins. */
export function createSnapshots(db: Db, { readMs, writeMs }: MongoTimeouts): SnapshotStore {
  const collection = db.collection<StoredSnapshot>('snapshots', {
    ...PRIMARY,
    writeConcern: { w: 1, wtimeoutMS: writeMs },
  });
  return {
    async get(stream) {
      const found = collection.findOne({ _id: stream }, { maxTimeMS: readMs });
      const stored = await withinTimeout(readMs, 'a snapshot', found);
      return stored ? (JSON.parse(stored.body) as Snapshot) : undefined;
    },
    async put(snapshot) {
      const { stream, revision } = snapshot;
      const replacement = { revision, body: JSON.stringify(snapshot) };
      const put = retryOnDuplicate((upsert) =>
        collection.replaceOne({ _id: stream }, replacement, { upsert }),
      );
      await withinTimeout(writeMs, 'a snapshot to be stored', put);
    },
  };
}
