import { type Collection, type Db, ObjectId } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CollectionSpec } from '../../ports/read-store.ts';
import {
  type CheckpointsDocument,
  type Entries,
  pathOf,
  type StoredCollection,
} from './checkpoints-document.ts';
import { PRIMARY } from './connection.ts';
import { ensureIndexes } from './indexes.ts';
import { fieldOf, type StoredForm } from './stored-document.ts';

/** Documents per batch that get a new field. */
const FILL_BATCH_SIZE = 500;
const PREFIX = 'documents_';

export interface Collections {
  documentsIn(place: string): Collection<StoredForm>;
  /** From the entries. @throws InvariantError when there is no such collection. */
  among(entries: Entries, name: string): StoredCollection;
  /** Reads the current document. @throws InvariantError when there is no such collection. */
  latest(name: string): Promise<StoredCollection>;
  /** The last known state, without a read where it is cached. */
  cached(name: string): Promise<StoredCollection>;
  ensure(spec: CollectionSpec): Promise<void>;
  /** Removes its checkpoint in the same step. */
  drop(name: string): Promise<void>;
  list(): Promise<string[]>;
}

export function createCollections(db: Db, document: CheckpointsDocument): Collections {
  const lastKnown = new Map<string, StoredCollection>();
  const documentsIn = (place: string) => db.collection<StoredForm>(place, PRIMARY);
  const collectionPathOf = (name: string) => `${pathOf(name)}.collection`;

  function among(entries: Entries, name: string): StoredCollection {
    const { collection } = entries.get(name) ?? {};
    if (!collection) {
      lastKnown.delete(name);
      throw new InvariantError('a collection that exists', { collection: name });
    }
    lastKnown.set(name, collection);
    return collection;
  }

  const latest = async (name: string) => among(await document.latest([name]), name);

  /** Drops places whose collection was removed: an interrupted drop, or a write after one. */
  async function dropOrphans(): Promise<void> {
    // In this order: a place is only created once its collection is registered.
    const found = await db.listCollections({}, { nameOnly: true }).toArray();
    const used = [...(await document.all()).values()].map(({ collection }) => collection?.place);
    for (const { name } of found) {
      if (name.startsWith(PREFIX) && !used.includes(name)) await documentsIn(name).drop();
    }
  }

  return {
    documentsIn,
    among,
    latest,
    cached: async (name) => lastKnown.get(name) ?? latest(name),
    async ensure({ name, indexes }) {
      const path = collectionPathOf(identifier(name));
      const wanted = [...new Set(indexes.flatMap(({ fields }) => fields).map(identifier))];
      const place = `${PREFIX}${name}_${new ObjectId().toHexString()}`;
      const collection = { place, fields: wanted, filled: wanted };
      await document.change([{ [path]: { $exists: false } }], { $set: { [path]: collection } });
      const samePlace = { [`${path}.place`]: (await latest(name)).place };
      // Announce the fields to all writers first, so that filling them in afterwards is complete.
      await document.change([samePlace], { $addToSet: { [`${path}.fields`]: { $each: wanted } } });
      const before = await latest(name);
      const documents = documentsIn(before.place);
      await ensureIndexes(documents, indexes);
      const added = wanted.filter((field) => !before.filled.includes(field));
      if (added.length === 0) return;
      await fillFields(documents, added);
      await document.change([samePlace], { $addToSet: { [`${path}.filled`]: { $each: added } } });
      await latest(name);
    },
    async drop(name) {
      lastKnown.delete(name);
      const $unset = { [collectionPathOf(identifier(name))]: '', [`${pathOf(name)}.at`]: '' };
      await document.replace(name, { $unset });
      await dropOrphans();
    },
    async list() {
      const all = [...(await document.all())];
      return all.flatMap(([name, { collection }]) => (collection ? [name] : [])).sort();
    },
  };
}

function identifier(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,80}$/.test(name)) {
    throw new InvariantError('a collection or field name of letters, digits and _', { name });
  }
  return name;
}

/** Adds newly indexed fields to stored documents. Concurrent writes bring theirs along. */
async function fillFields(
  collection: Collection<StoredForm>,
  names: readonly string[],
): Promise<void> {
  const missingField = {
    body: { $exists: true },
    $or: names.map((name) => ({ [`fields.${name}`]: { $exists: false } })),
  };
  for (;;) {
    const page = await collection.find(missingField).limit(FILL_BATCH_SIZE).toArray();
    if (page.length === 0) return;
    const operations = page.map(({ _id, position, epoch, body = '{}' }) => {
      const content = JSON.parse(body) as unknown;
      const fields = names.map((name) => [`fields.${name}`, fieldOf(content, name)]);
      const update = { $set: Object.fromEntries(fields) as Record<string, unknown> };
      return { updateOne: { filter: { _id, position, epoch }, update } };
    });
    await collection.bulkWrite(operations, { ordered: false });
  }
}
