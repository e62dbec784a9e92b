import { type Collection, type Db, ObjectId } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CollectionSpec } from '../../ports/read-store.ts';
import { PRIMARY } from './connection.ts';
import { ensureIndexes } from './indexes.ts';
import { type Entries, pathOf, type State, type StoredCollection } from './checkpoints-document.ts';
import { fieldOf, type StoredForm } from './stored-document.ts';

/** Documents that are given a new field at once. */
const FILL_PAGE = 500;
const PREFIX = 'documents_';

export interface Collections {
  at(place: string): Collection<StoredForm>;
  /** As the entries have it. @throws InvariantError when there is no such collection. */
  among(entries: Entries, name: string): StoredCollection;
  /** As it is now. @throws InvariantError when there is no such collection. */
  now(name: string): Promise<StoredCollection>;
  /** As it was known last, without a look at the store where it is known. */
  known(name: string): Promise<StoredCollection>;
  ensure(spec: CollectionSpec): Promise<void>;
  /** Its checkpoint goes in the same step. */
  drop(name: string): Promise<void>;
  list(): Promise<string[]>;
}

export function createCollections(db: Db, state: State): Collections {
  const known = new Map<string, StoredCollection>();
  const at = (place: string) => db.collection<StoredForm>(place, PRIMARY);
  const conditionOf = (name: string) => `${pathOf(name)}.collection`;

  function among(entries: Entries, name: string): StoredCollection {
    const { collection } = entries.get(name) ?? {};
    if (!collection) {
      known.delete(name);
      throw new InvariantError('a collection that exists', { collection: name });
    }
    known.set(name, collection);
    return collection;
  }

  const now = async (name: string) => among(await state.latest([name]), name);

  /** Places that lost their collection before they could be cleared, or were written to after. */
  async function clearLost(): Promise<void> {
    // In this order: a place is only made once its collection is known.
    const found = await db.listCollections({}, { nameOnly: true }).toArray();
    const used = [...(await state.all()).values()].map(({ collection }) => collection?.place);
    for (const { name } of found) {
      if (name.startsWith(PREFIX) && !used.includes(name)) await at(name).drop();
    }
  }

  return {
    at,
    among,
    now,
    known: async (name) => known.get(name) ?? now(name),
    async ensure({ name, indexes }) {
      const path = conditionOf(identifier(name));
      const wanted = [...new Set(indexes.flatMap(({ fields }) => fields).map(identifier))];
      const place = `${PREFIX}${name}_${new ObjectId().toHexString()}`;
      const collection = { place, fields: wanted, filled: wanted };
      await state.change([{ [path]: { $exists: false } }], { $set: { [path]: collection } });
      const its = { [`${path}.place`]: (await now(name)).place };
      // First every writer is told, so that what is filled in afterwards is all there is.
      await state.change([its], { $addToSet: { [`${path}.fields`]: { $each: wanted } } });
      const before = await now(name);
      const documents = at(before.place);
      await ensureIndexes(documents, indexes);
      const added = wanted.filter((field) => !before.filled.includes(field));
      if (added.length === 0) return;
      await fillFields(documents, added);
      await state.change([its], { $addToSet: { [`${path}.filled`]: { $each: added } } });
      await now(name);
    },
    async drop(name) {
      known.delete(name);
      const $unset = { [conditionOf(identifier(name))]: '', [`${pathOf(name)}.at`]: '' };
      await state.replace(name, { $unset });
      await clearLost();
    },
    async list() {
      const all = [...(await state.all())];
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

/** Gives fields that are indexed only now to what is there. What changes meanwhile has them. */
async function fillFields(
  collection: Collection<StoredForm>,
  names: readonly string[],
): Promise<void> {
  const lacking = {
    body: { $exists: true },
    $or: names.map((name) => ({ [`fields.${name}`]: { $exists: false } })),
  };
  for (;;) {
    const page = await collection.find(lacking).limit(FILL_PAGE).toArray();
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
