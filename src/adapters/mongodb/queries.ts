import type { Collection, Document, Filter } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { FieldValue, Query, StoredDocument, StoreDocuments } from '../../ports/read-store.ts';
import { inChunks } from './bulk.ts';
import type { StoredCollection } from './checkpoints-document.ts';
import type { Collections } from './read-store-collections.ts';
import { documentOf, type StoredForm } from './stored-document.ts';

const MAX_FOUND = 1_000;

export interface Queries {
  forStore(storeId: string): StoreDocuments;
  load(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>>;
  scan(collection: string, afterKey: string, limit: number): Promise<StoredDocument[]>;
}

/** Reads documents. `maxTimeMS` makes the server stop queries whose caller no longer waits. */
export function createQueries(collections: Collections, maxTimeMS: number): Queries {
  /**
   * Reads at the last known place of the collection. An empty result may also mean that the
   * collection does not exist or was recreated in another place: MongoDB does not say which.
   */
  async function reading<T>(
    name: string,
    read: (documents: Collection<StoredForm>) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { place } = await collections.cached(name);
    const found = await read(collections.documentsIn(place));
    if (found.length > 0) return found;
    const current = await collections.latest(name);
    return current.place === place ? found : read(collections.documentsIn(current.place));
  }

  async function check(name: string, { where = {}, range, orderBy }: Query): Promise<void> {
    const used = [...Object.keys(where), ...(range ? [range.field] : []), orderBy];
    const missingIn = ({ filled }: StoredCollection) =>
      used.find((field) => !filled.includes(field));
    if (missingIn(await collections.cached(name)) === undefined) return;
    // Another instance may have added indexes since.
    const field = missingIn(await collections.latest(name));
    if (field === undefined) return;
    throw new InvariantError(`a field that an index of ${name} declares`, { field });
  }

  return {
    forStore: (storeId) => ({
      async get<Doc>(name: string, key: string) {
        const filter = { _id: key, storeId };
        const [document] = await reading(name, (documents) =>
          documents.find(filter, { maxTimeMS }).limit(1).toArray(),
        );
        return document && (documentOf(document) as StoredDocument<Doc>);
      },
      async find<Doc>(name: string, query: Query) {
        await check(name, query);
        const direction = query.direction === 'descending' ? -1 : 1;
        const limit = Math.max(1, Math.min(query.limit, MAX_FOUND));
        const found = await reading(name, async (documents) => {
          const pages = filtersOf(storeId, query).map((filter) =>
            documents
              .find(filter, { maxTimeMS, allowDiskUse: true })
              .sort({ [pathOf(query.orderBy)]: direction, _id: direction })
              .limit(limit)
              .toArray(),
          );
          const byKey = (await Promise.all(pages))
            .flat()
            .map((document) => [document._id, document] as const);
          // A document that changed between the two queries is in both.
          return [...new Map(byKey).values()].slice(0, limit);
        });
        return found.map(documentOf) as StoredDocument<Doc>[];
      },
    }),
    async load(name, keys) {
      const { place } = await collections.latest(name);
      const documents = new Map<string, StoredDocument>();
      for (const chunk of inChunks(keys)) {
        const stored = collections.documentsIn(place).find({ _id: { $in: chunk } }, { maxTimeMS });
        for (const form of await stored.toArray()) documents.set(form._id, documentOf(form));
      }
      return documents;
    },
    async scan(name, afterKey, limit) {
      const { place } = await collections.latest(name);
      const filter = { _id: { $gt: afterKey }, storeId: { $exists: true } };
      const found = collections
        .documentsIn(place)
        .find(filter, { maxTimeMS })
        .sort({ _id: 1 })
        .limit(limit);
      return (await found.toArray()).map(documentOf);
    },
  };
}

const pathOf = (field: string): string => `fields.${field}`;

/** Wrapped in a document, as in storage: no value can be read as an operator. */
const valueOf = (v: FieldValue): { readonly v: FieldValue } => ({ v });

/**
 * A page that starts within equal values is two ranges of an index, with a query for each: the rest
 * of the equal values, and the values beyond them. MongoDB would not plan that by itself.
 */
function filtersOf(storeId: string, query: Query): Filter<StoredForm>[] {
  const { where, range, orderBy, direction, after } = query;
  const conditions: Document[] = [{ storeId }];
  for (const [field, value] of Object.entries(where ?? {})) {
    conditions.push({ [pathOf(field)]: valueOf(value) });
  }
  if (range) {
    const { field, from, below } = range;
    if (from !== undefined) conditions.push({ [pathOf(field)]: { $gte: valueOf(from) } });
    if (below !== undefined) conditions.push({ [pathOf(field)]: { $lt: valueOf(below) } });
  }
  const filterOf = (...more: Document[]) => ({ $and: [...conditions, ...more] });
  if (!after) return [filterOf()];
  const beyond = direction === 'descending' ? '$lt' : '$gt';
  const order = pathOf(orderBy);
  const value = valueOf(after.value);
  return [
    filterOf({ [order]: value, _id: { [beyond]: after.key } }),
    filterOf({ [order]: { [beyond]: value } }),
  ];
}
