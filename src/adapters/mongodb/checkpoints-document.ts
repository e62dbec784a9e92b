import type { Db, Document, UpdateFilter } from 'mongodb';

import { againWhenDuplicate } from './bulk.ts';
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
  /** Where its documents are. A collection that is dropped and made again is in another place. */
  readonly place: string;
  /** What every writer has to put beside a body. */
  readonly fields: readonly string[];
  /** What stands beside every body, so that queries may ask for it. */
  readonly filled: readonly string[];
}

/** What belongs to one name: of a checkpoint, of a collection, or of both. */
export interface Entry {
  readonly at?: StoredCheckpoint;
  /** Fencing token of whoever has claimed the checkpoint. */
  readonly token?: number;
  readonly collection?: StoredCollection;
}

/**
 * All checkpoints, and which collections there are, in one document: they change together or not
 * at all, also where there are no transactions.
 */
interface StoredState extends Document {
  readonly _id: string;
  readonly of?: Readonly<Record<string, Entry>>;
}

export type Entries = ReadonlyMap<string, Entry>;

export interface State {
  /** As the primary has it now. Every name asked for has an entry, which may be empty. */
  latest(names: readonly string[]): Promise<Entries>;
  /** As no failover can take it back. */
  lasting(names: readonly string[]): Promise<Entries>;
  all(): Promise<Entries>;
  /** Makes a change where all conditions hold. @returns whether they did. */
  change(conditions: readonly Document[], update: Document): Promise<boolean>;
  /** Makes a change without conditions. @returns the entries as they were before. */
  replace(name: string, update: Document): Promise<Entry>;
}

/** Where an entry is within the document. */
export function pathOf(name: string): string {
  return `of.${fieldNameOf(name)}`;
}

export function createState(db: Db, maxTimeMS: number): State {
  const collection = db.collection<StoredState>('state');
  let isThere = false;

  async function makeDocument(): Promise<void> {
    if (isThere) return;
    const update = { $setOnInsert: { of: {} } };
    await againWhenDuplicate((upsert) => collection.updateOne({ _id: ID }, update, { upsert }));
    isThere = true;
  }

  async function read(names: readonly string[], concern: typeof MAJORITY | typeof PRIMARY) {
    const paths = Object.fromEntries(names.map((name) => [pathOf(name), 1]));
    const options = { ...concern, maxTimeMS, projection: { _id: 1, ...paths } };
    const document = await collection.findOne({ _id: ID }, options);
    return new Map(names.map((name) => [name, document?.of?.[fieldNameOf(name)] ?? {}]));
  }

  return {
    latest: (names) => read(names, PRIMARY),
    lasting: (names) => read(names, MAJORITY),
    async all() {
      const document = await collection.findOne({ _id: ID }, { ...PRIMARY, maxTimeMS });
      const entries = Object.entries(document?.of ?? {});
      return new Map(entries.map(([name, entry]) => [decodeURIComponent(name), entry]));
    },
    async change(conditions, update) {
      await makeDocument();
      const filter = { _id: ID, ...(conditions.length > 0 && { $and: [...conditions] }) };
      const { matchedCount } = await collection.updateOne(filter, update);
      // It may also be that somebody has emptied the database under our feet.
      if (matchedCount === 0) isThere = false;
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

/** A name as the name of a field: without dots, and with no dollar at its head. */
function fieldNameOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E');
}
