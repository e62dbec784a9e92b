import { randomUUID } from 'node:crypto';

import { type Db, MongoClient } from 'mongodb';

import {
  type MongoReadStore,
  openMongoReadStore,
} from '../../../src/adapters/mongodb/read-store.ts';
import type { MongoTimeouts } from '../../../src/adapters/mongodb/time-limits.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { OpenedStore } from '../../contracts/read-store/suite.ts';
import { startable } from '../../support/servers/find.ts';
import {
  findMongo,
  type MongoServer,
  startMongo,
  withDatabase,
} from '../../support/servers/mongo.ts';

/** Far above what a busy machine needs: for suites that are not about time. */
export const PATIENT: Partial<MongoTimeouts> = {
  readMs: 30_000,
  writeMs: 30_000,
  pingMs: 30_000,
  connectMs: 30_000,
};

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that collects its lines. */
export function keepingLogger(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push({ level, message, fields });
  return {
    lines,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  };
}

/** The server shared by the suites, started by the first of them. */
export interface SharedMongo {
  readonly url: () => Promise<string>;
  /** Stops it when the suite has started it. */
  readonly stop: () => Promise<void>;
}

export function sharedMongo(): SharedMongo {
  const source = findMongo();
  let starting: Promise<MongoServer> | undefined;
  return {
    url: async () => {
      if (source.kind === 'url') return source.url;
      starting ??= startMongo(startable(source));
      return (await starting).url;
    },
    stop: async () => (await starting)?.stop(),
  };
}

/** A temporary database with read stores on it and direct access to the data. */
export interface Ground {
  readonly url: string;
  readonly db: Db;
  open(options?: { timeouts?: Partial<MongoTimeouts>; logger?: Logger }): MongoReadStore;
  /** The place of a collection of documents. */
  placeOf(collection: string): Promise<string>;
  /** Closes all read stores and removes the database. */
  destroy(): Promise<void>;
}

export function openGround(serverUrl: string): Ground {
  const name = `test-${randomUUID()}`;
  const url = withDatabase(serverUrl, name);
  const client = new MongoClient(url);
  const db = client.db(name);
  const stores: MongoReadStore[] = [];
  return {
    url,
    db,
    open({ timeouts = PATIENT, logger = keepingLogger().logger } = {}) {
      const store = openMongoReadStore({ url, logger, timeouts });
      stores.push(store);
      return store;
    },
    async placeOf(collection) {
      const state = await db.collection<{ _id: string }>('state').findOne({ _id: 'checkpoints' });
      const { of } = state as unknown as { of: Record<string, { collection: { place: string } }> };
      return of[collection]!.collection.place;
    },
    async destroy() {
      await Promise.all(stores.map((store) => store.close()));
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** For the contract of read stores. */
export function openForContract(serverUrl: string): OpenedStore {
  const ground = openGround(serverUrl);
  const store = ground.open();
  let newest = store;
  const of = async (collection: string) => ground.db.collection(await ground.placeOf(collection));
  return {
    store,
    atomic: false,
    reopen: async () => {
      await newest.close();
      newest = ground.open();
      return newest;
    },
    loseIndex: async (collection, index) => {
      await (await of(collection)).dropIndex(index);
    },
    hasIndex: async (collection, index) => (await of(collection)).indexExists(index),
    destroy: () => ground.destroy(),
  };
}
