import type { Document, Filter } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { FieldValue, Query, StoreDocuments, StoredDocument } from '../../ports/read-store.ts';
import { inChunks } from './bulk.ts';
import type { Collections, KnownCollection } from './read-store-collections.ts';
import { documentOf, type StoredForm } from './stored-document.ts';

const MOST_FOUND = 1_000;

export interface Queries {
  forStore(storeId: string): StoreDocuments;
  load(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>>;
  scan(collection: string, afterKey: string, limit: number): Promise<StoredDocument[]>;
}

/** Reads documents. `maxTimeMS` is for the server, which then ends what nobody waits for. */
export function createQueries(collections: Collections, maxTimeMS: number): Queries {
  /** Nothing found may mean that there is no such collection: MongoDB does not tell. */
  async function found<T>(name: string, documents: readonly T[]): Promise<readonly T[]> {
    if (documents.length === 0) await collections.requireAll([name]);
    return documents;
  }

  async function known(name: string, { where = {}, range, orderBy }: Query) {
    const asked = [...Object.keys(where), ...(range ? [range.field] : []), orderBy];
    const lacks = ({ fields }: KnownCollection) => asked.find((field) => !fields.has(field));
    if (lacks(await collections.require(name)) === undefined) return;
    // Another process may have given it more indexes since.
    const now = (await collections.requireAll([name])).get(name);
    const field = now && lacks(now);
    if (field === undefined) return;
    throw new InvariantError(`a field that an index of ${name} declares`, { field });
  }

  return {
    forStore: (storeId) => ({
      async get<Doc>(name: string, key: string) {
        const filter = { _id: key, storeId };
        const document = await collections.documents(name).findOne(filter, { maxTimeMS });
        if (document) return documentOf(document) as StoredDocument<Doc>;
        await collections.requireAll([name]);
        return undefined;
      },
      async find<Doc>(name: string, query: Query) {
        await known(name, query);
        const way = query.direction === 'descending' ? -1 : 1;
        const documents = await collections
          .documents(name)
          .find(filterOf(storeId, query), { maxTimeMS, allowDiskUse: true })
          .sort({ [pathOf(query.orderBy)]: way, _id: way })
          .limit(Math.max(1, Math.min(query.limit, MOST_FOUND)))
          .toArray();
        return (await found(name, documents)).map(documentOf) as StoredDocument<Doc>[];
      },
    }),
    async load(name, keys) {
      const documents = new Map<string, StoredDocument>();
      for (const some of inChunks(keys)) {
        const filter = { _id: { $in: some } };
        const stored = await collections.documents(name).find(filter, { maxTimeMS }).toArray();
        for (const each of stored) documents.set(each._id, documentOf(each));
      }
      if (documents.size === 0) await collections.require(name);
      return documents;
    },
    async scan(name, afterKey, limit) {
      const documents = await collections
        .documents(name)
        .find({ _id: { $gt: afterKey }, storeId: { $exists: true } }, { maxTimeMS })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return (await found(name, documents)).map(documentOf);
    },
  };
}

const pathOf = (field: string): string => `fields.${field}`;

/** Values stand in documents of their own, here as there: no value can be read as an operator. */
const valueOf = (v: FieldValue): { readonly v: FieldValue } => ({ v });

function filterOf(storeId: string, { where, range, orderBy, direction, after }: Query) {
  const conditions: Document[] = [{ storeId }];
  for (const [field, value] of Object.entries(where ?? {})) {
    conditions.push({ [pathOf(field)]: valueOf(value) });
  }
  if (range) {
    const { field, from, below } = range;
    if (from !== undefined) conditions.push({ [pathOf(field)]: { $gte: valueOf(from) } });
    if (below !== undefined) conditions.push({ [pathOf(field)]: { $lt: valueOf(below) } });
  }
  if (after) {
    const beyond = direction === 'descending' ? '$lt' : '$gt';
    const order = pathOf(orderBy);
    const value = valueOf(after.value);
    conditions.push({
      $or: [{ [order]: value, _id: { [beyond]: after.key } }, { [order]: { [beyond]: value } }],
    });
  }
  return { $and: conditions } as Filter<StoredForm>;
}
