import type { Db, Document } from 'mongodb';

import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';
import { againWhenDuplicate } from './bulk.ts';
import { PRIMARY } from './connection.ts';
import { type MongoTimeouts, within } from './time-limits.ts';

interface StoredSnapshot extends Document {
  readonly _id: string;
  readonly revision: number;
  readonly body: string;
}

/** Snapshots are hints: one node is enough to say that it has one, and the last one put stays. */
export function createSnapshots(db: Db, { readMs, writeMs }: MongoTimeouts): SnapshotStore {
  const collection = db.collection<StoredSnapshot>('snapshots', {
    ...PRIMARY,
    writeConcern: { w: 1, wtimeoutMS: writeMs },
  });
  return {
    async get(stream) {
      const found = collection.findOne({ _id: stream }, { maxTimeMS: readMs });
      const stored = await within(readMs, 'a snapshot', found);
      return stored ? (JSON.parse(stored.body) as Snapshot) : undefined;
    },
    async put(snapshot) {
      const { stream, revision } = snapshot;
      const replacement = { revision, body: JSON.stringify(snapshot) };
      const put = againWhenDuplicate((upsert) =>
        collection.replaceOne({ _id: stream }, replacement, { upsert }),
      );
      await within(writeMs, 'a snapshot to be kept', put);
    },
  };
}
