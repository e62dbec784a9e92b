import type { Db, Document } from 'mongodb';

import { againWhenDuplicate } from './bulk.ts';
import { LASTING } from './connection.ts';

interface StoredRecord extends Document {
  readonly _id: string;
  readonly body: string;
}

/** Small values by name, each replaced whole. */
export function createRecords<T>(db: Db, kind: 'generation' | 'status') {
  const collection = db.collection<StoredRecord>('state', LASTING);
  const idOf = (name: string) => `${kind}/${name}`;
  return {
    async get(name: string): Promise<T | undefined> {
      const stored = await collection.findOne({ _id: idOf(name) });
      return stored ? (JSON.parse(stored.body) as T) : undefined;
    },
    async put(name: string, value: T): Promise<void> {
      const replacement = { body: JSON.stringify(value) };
      await againWhenDuplicate((upsert) =>
        collection.replaceOne({ _id: idOf(name) }, replacement, { upsert }),
      );
    },
  };
}
