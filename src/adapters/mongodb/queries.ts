import type { Collection, Document, Filter } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { FieldValue, Query, StoreDocuments, StoredDocument } from '../../ports/read-store.ts';
import { inChunks } from './bulk.ts';
import type { Collections } from './read-store-collections.ts';
import type { StoredCollection } from './checkpoints-document.ts';
import { documentOf, type StoredForm } from './stored-document.ts';

const MOST_FOUND = 1_000;

export interface Queries {
  forStore(storeId: string): StoreDocuments;
  load(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>>;
  scan(collection: string, afterKey: string, limit: number): Promise<StoredDocument[]>;
}

/** Reads documents. `maxTimeMS` is for the server, which then ends what nobody waits for. */
export function createQueries(collections: Collections, maxTimeMS: number): Queries {
  /**
   * Reads where the collection was known to be. To find nothing may mean that there is no such
   * collection, or that it was made anew in another place: MongoDB does not tell.
   */
  async function reading<T>(
    name: string,
    read: (documents: Collection<StoredForm>) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { place } = await collections.known(name);
    const found = await read(collections.at(place));
    if (found.length > 0) return found;
    const now = await collections.now(name);
    return now.place === place ? found : read(collections.at(now.place));
  }

  async function check(name: string, { where = {}, range, orderBy }: Query): Promise<void> {
    const asked = [...Object.keys(where), ...(range ? [range.field] : []), orderBy];
    const lacks = ({ filled }: StoredCollection) => asked.find((each) => !filled.includes(each));
    if (lacks(await collections.known(name)) === undefined) return;
    // Another process may have given it more indexes since.
    const field = lacks(await collections.now(name));
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
        const way = query.direction === 'descending' ? -1 : 1;
        const limit = Math.max(1, Math.min(query.limit, MOST_FOUND));
        const found = await reading(name, async (documents) => {
          const stretches = filtersOf(storeId, query).map((filter) =>
            documents
              .find(filter, { maxTimeMS, allowDiskUse: true })
              .sort({ [pathOf(query.orderBy)]: way, _id: way })
              .limit(limit)
              .toArray(),
          );
          const byKey = (await Promise.all(stretches))
            .flat()
            .map((each) => [each._id, each] as const);
          // One that was changed between the two is in both.
          return [...new Map(byKey).values()].slice(0, limit);
        });
        return found.map(documentOf) as StoredDocument<Doc>[];
      },
    }),
    async load(name, keys) {
      const { place } = await collections.now(name);
      const documents = new Map<string, StoredDocument>();
      for (const some of inChunks(keys)) {
        const stored = collections.at(place).find({ _id: { $in: some } }, { maxTimeMS });
        for (const each of await stored.toArray()) documents.set(each._id, documentOf(each));
      }
      return documents;
    },
    async scan(name, afterKey, limit) {
      const { place } = await collections.now(name);
      const filter = { _id: { $gt: afterKey }, storeId: { $exists: true } };
      const found = collections.at(place).find(filter, { maxTimeMS }).sort({ _id: 1 }).limit(limit);
      return (await found.toArray()).map(documentOf);
    },
  };
}

const pathOf = (field: string): string => `fields.${field}`;

/** Values stand in documents of their own, here as there: no value can be read as an operator. */
const valueOf = (v: FieldValue): { readonly v: FieldValue } => ({ v });

/**
 * A page that begins within equal values is two stretches of an index, each asked for by itself:
 * the rest of the equal ones, and what is beyond them. MongoDB would have to guess that.
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
