import type { Db, Document } from 'mongodb';

import { retryOnDuplicate } from './bulk.ts';
import { MAJORITY } from './connection.ts';

interface StoredValue extends Document {
  readonly _id: string;
  readonly body: string;
}

/** Small values by name, each replaced as a whole. */
export function createKeyValues<T>(db: Db, kind: 'generation' | 'status') {
  const collection = db.collection<StoredValue>('state', MAJORITY);
  const idOf = (name: string) => `${kind}/${name}`;
  return {
    async get(name: string): Promise<T | undefined> {
      const stored = await collection.findOne({ _id: idOf(name) });
      return stored ? (JSON.parse(stored.body) as T) : undefined;
    },
    /** By name; missing ones are left out. */
    async many(names: readonly string[]): Promise<Map<string, T>> {
      const byId = new Map(names.map((name) => [idOf(name), name]));
      const found = await collection.find({ _id: { $in: [...byId.keys()] } }).toArray();
      return new Map(
        found.map(({ _id, body }) => [byId.get(_id) ?? '', JSON.parse(body) as T] as const),
      );
    },
    async put(name: string, value: T): Promise<void> {
      const replacement = { body: JSON.stringify(value) };
      await retryOnDuplicate((upsert) =>
        collection.replaceOne({ _id: idOf(name) }, replacement, { upsert }),
      );
    },
  };
}
