import { type Collection, type Db, type Document, MongoServerError } from 'mongodb';

import { InvariantError } from '../../domain/kernel/errors.ts';
import type { CollectionSpec, DocumentIndex } from '../../ports/read-store.ts';
import { againWhenDuplicate } from './bulk.ts';
import { documentsName, LASTING, LATEST } from './connection.ts';
import { fieldOf, type StoredForm } from './stored-document.ts';

/** Rows that are given a new field at once. */
const FILL_PAGE = 500;
const TOMBSTONES = 'tombstones';
/** MongoDB has an index of that name, or of those keys, that is not the one wanted. */
const INDEX_CONFLICTS: ReadonlySet<unknown> = new Set([85, 86]);

interface StoredSpec extends Document {
  readonly _id: string;
  readonly spec: string;
  /** It is being dropped: nothing may be written or read any more. */
  readonly dropped?: true;
}

/** A collection that there is, with the fields that its documents are indexed by. */
export interface KnownCollection {
  readonly spec: CollectionSpec;
  readonly fields: ReadonlySet<string>;
}

export interface Collections {
  documents(name: string): Collection<StoredForm>;
  /** @throws InvariantError when it is not there (any more): looks at the store. */
  requireAll(names: readonly string[]): Promise<ReadonlyMap<string, KnownCollection>>;
  /** As it was known last; looks at the store when it is not known yet. @throws InvariantError */
  require(name: string): Promise<KnownCollection>;
  ensure(spec: CollectionSpec): Promise<void>;
  drop(name: string): Promise<void>;
  list(): Promise<string[]>;
}

export function createCollections(db: Db): Collections {
  const specs = db.collection<StoredSpec>('collections', LASTING);
  const known = new Map<string, KnownCollection & { readonly text: string }>();
  const documents = (name: string) =>
    db.collection<StoredForm>(documentsName(identifier(name)), LATEST);

  async function requireAll(names: readonly string[]) {
    if (names.length === 0) return known;
    const stored = await specs.find({ _id: { $in: [...names] } }).toArray();
    const texts = new Map(stored.map(({ _id, spec, dropped }) => [_id, dropped ? '' : spec]));
    for (const name of names) {
      const text = texts.get(name) ?? '';
      if (text === '') {
        known.delete(name);
        throw new InvariantError('a collection that exists', { collection: name });
      }
      if (known.get(name)?.text !== text) known.set(name, { text, ...parsed(text) });
    }
    return known;
  }

  async function require(name: string): Promise<KnownCollection> {
    const found = known.get(name) ?? (await requireAll([name])).get(name);
    if (!found) throw new InvariantError('a collection that exists', { collection: name });
    return found;
  }

  async function specOf(name: string): Promise<StoredSpec | undefined> {
    return (await specs.findOne({ _id: name }, LATEST)) ?? undefined;
  }

  return {
    documents,
    requireAll,
    require,
    async ensure(spec) {
      const collection = documents(spec.name);
      const before = await specOf(spec.name);
      const wanted = parsed(JSON.stringify(spec));
      for (const index of spec.indexes) await ensureIndex(collection, index);
      await collection.createIndex(
        { deletedAt: 1 },
        { name: TOMBSTONES, partialFilterExpression: { deletedAt: { $exists: true } } },
        {},
      );
      const had = before ? parsed(before.spec).fields : wanted.fields;
      const added = [...wanted.fields].filter((field) => !had.has(field));
      if (added.length > 0) await fillFields(collection, added);
      // Last: whoever is stopped before here does all of it again.
      const text = JSON.stringify(spec);
      await againWhenDuplicate(() =>
        specs.replaceOne({ _id: spec.name }, { spec: text }, { upsert: true }),
      );
      known.set(spec.name, { text, ...wanted });
    },
    async drop(name) {
      known.delete(name);
      // First closed to writers, so that none of them brings it back by writing to it.
      await specs.updateOne({ _id: name }, { $set: { dropped: true } });
      await documents(name).drop();
      await specs.deleteOne({ _id: name });
    },
    async list() {
      const all = await specs
        .find({}, { projection: { _id: 1 } })
        .sort({ _id: 1 })
        .toArray();
      return all.map(({ _id }) => _id);
    },
  };
}

function identifier(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,80}$/.test(name)) {
    throw new InvariantError('a collection or field name of letters, digits and _', { name });
  }
  return name;
}

function parsed(text: string): KnownCollection {
  const spec = JSON.parse(text) as CollectionSpec;
  const fields = spec.indexes.flatMap((index) => index.fields).map(identifier);
  return { spec, fields: new Set(fields) };
}

/** Every index begins with the shop and ends with the key: a page is one stretch of it. */
async function ensureIndex(
  collection: Collection<StoredForm>,
  { name, fields }: DocumentIndex,
): Promise<void> {
  const keys = Object.fromEntries([
    ['storeId', 1],
    ...fields.map((field) => [`fields.${identifier(field)}`, 1]),
    ['_id', 1],
  ]) as Record<string, 1>;
  const create = () => collection.createIndex(keys, { name: identifier(name) }, {});
  try {
    await create();
  } catch (error) {
    if (!(error instanceof MongoServerError) || !INDEX_CONFLICTS.has(error.code)) throw error;
    await collection.dropIndex(name);
    await create();
  }
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
    const page = await collection.find(lacking, LATEST).limit(FILL_PAGE).toArray();
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
