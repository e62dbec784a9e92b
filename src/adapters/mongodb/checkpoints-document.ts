import type { Db, Document, UpdateFilter } from 'mongodb';

import { retryOnDuplicate } from './bulk.ts';
import { MAJORITY, PRIMARY } from './connection.ts';

const ID = 'checkpoints';

export interface StoredCheckpoint {
  readonly logId: string;
  readonly position: string;
  readonly eventId?: string;
  readonly members?: readonly string[];
}

/** A collection of documents, under its physical name. */
export interface StoredCollection {
  /** MongoDB collection with its documents. A dropped and recreated one gets another place. */
  readonly place: string;
  /** The fields that every writer must store beside a body. */
  readonly fields: readonly string[];
  /** The fields that are stored beside every body, so that queries can use them. */
  readonly filled: readonly string[];
}

/** What belongs to one name: a checkpoint, a collection, or both. */
export interface Entry {
  readonly at?: StoredCheckpoint;
  /** Fencing token of the holder that claimed the checkpoint. */
  readonly token?: number;
  readonly collection?: StoredCollection;
}

/**
 * All checkpoints and the list of collections in one document: they change together or not at all,
 * also without transactions.
 */
interface StoredState extends Document {
  readonly _id: string;
  readonly of?: Readonly<Record<string, Entry>>;
}

export type Entries = ReadonlyMap<string, Entry>;

export interface CheckpointsDocument {
  /** The current state of the primary. Every given name has an entry, which may be empty. */
  latest(names: readonly string[]): Promise<Entries>;
  /** The state that no failover can revert. */
  durable(names: readonly string[]): Promise<Entries>;
  all(): Promise<Entries>;
  /** Applies an update if all conditions hold. @returns whether they did. */
  change(conditions: readonly Document[], update: Document): Promise<boolean>;
  /** Applies an update without conditions. @returns the entry as it was before. */
  replace(name: string, update: Document): Promise<Entry>;
}

/** The path of an entry within the document. */
export function pathOf(name: string): string {
  return `of.${fieldNameOf(name)}`;
}

export function createCheckpointsDocument(db: Db, maxTimeMS: number): CheckpointsDocument {
  const collection = db.collection<StoredState>('state');
  let exists = false;

  async function ensureDocument(): Promise<void> {
    if (exists) return;
    const update = { $setOnInsert: { of: {} } };
    await retryOnDuplicate((upsert) => collection.updateOne({ _id: ID }, update, { upsert }));
    exists = true;
  }

  async function read(names: readonly string[], concern: typeof MAJORITY | typeof PRIMARY) {
    const paths = Object.fromEntries(names.map((name) => [pathOf(name), 1]));
    const options = { ...concern, maxTimeMS, projection: { _id: 1, ...paths } };
    const document = await collection.findOne({ _id: ID }, options);
    return new Map(names.map((name) => [name, document?.of?.[fieldNameOf(name)] ?? {}]));
  }

  return {
    latest: (names) => read(names, PRIMARY),
    durable: (names) => read(names, MAJORITY),
    async all() {
      const document = await collection.findOne({ _id: ID }, { ...PRIMARY, maxTimeMS });
      const entries = Object.entries(document?.of ?? {});
      return new Map(entries.map(([name, entry]) => [decodeURIComponent(name), entry]));
    },
    async change(conditions, update) {
      await ensureDocument();
      const filter = { _id: ID, ...(conditions.length > 0 && { $and: [...conditions] }) };
      const { matchedCount } = await collection.updateOne(filter, update);
      // The database may also have been emptied meanwhile.
      if (matchedCount === 0) exists = false;
      return matchedCount > 0;
    },
    async replace(name, update) {
      const change = update as UpdateFilter<StoredState>;
      const options = { projection: { _id: 1, [pathOf(name)]: 1 } };
      const before = await collection.findOneAndUpdate({ _id: ID }, change, options);
      return before?.of?.[fieldNameOf(name)] ?? {};
    },
  };
}

/** A name encoded as a field name: without dots and without a leading dollar. */
function fieldNameOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E');
}
