import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { BenchEvent } from '../inputs/events.ts';
import { projectFolder } from '../paths.ts';

// The parts of the peer's public API that are used here, written down so that this folder compiles
// where the peer is not installed. @event-driven-io/emmett-sqlite 0.42.

export interface Connection {
  close(): void;
  command(sql: string, values?: readonly unknown[]): Promise<unknown>;
  query<T>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  withTransaction<T>(run: () => Promise<T>): Promise<T>;
}

export interface ReadMessage {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: {
    readonly streamName: string;
    readonly streamPosition: bigint;
    readonly globalPosition: bigint;
    readonly recordedAt?: string;
  };
}

export interface Projection {
  readonly name: string;
  readonly canHandle: readonly string[];
  handle(
    events: readonly ReadMessage[],
    context: { readonly connection: Connection },
  ): Promise<void>;
}

interface Append {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface EventStore {
  appendToStream(
    stream: string,
    events: readonly Append[],
    options: { readonly expectedStreamVersion: bigint },
  ): Promise<{ readonly nextExpectedStreamVersion: bigint }>;
  consumer(options: {
    readonly pulling: { readonly batchSize: number; readonly pullingFrequencyInMs: number };
  }): {
    processor(options: {
      readonly processorId: string;
      readonly projection: Projection;
      readonly startFrom: 'BEGINNING';
      readonly stopAfter: (message: ReadMessage) => boolean;
    }): unknown;
    start(): Promise<void>;
    close(): Promise<void>;
  };
}

interface EmmettSqlite {
  sqliteConnection(options: { readonly fileName: string }): Connection;
  getSQLiteEventStore(options: {
    readonly fileName: string;
    readonly connectionOptions: { readonly singleton: true; readonly connection: Connection };
  }): EventStore & { readonly schema: { migrate(): Promise<void> } };
  readonly sqliteProjection: (definition: Projection) => Projection;
  handleProjections(options: {
    readonly events: readonly ReadMessage[];
    readonly projections: readonly Projection[];
    readonly connection: Connection;
  }): Promise<void>;
  readMessagesBatch(
    connection: Connection,
    options: { readonly after: bigint; readonly batchSize: number },
  ): Promise<{
    readonly messages: readonly ReadMessage[];
    readonly currentGlobalPosition: bigint;
  }>;
  storeProcessorCheckpoint(
    connection: Connection,
    options: {
      readonly processorId: string;
      readonly version: number;
      readonly newPosition: bigint;
      readonly lastProcessedPosition: bigint | null;
    },
  ): Promise<{ readonly success: boolean }>;
}

/** From the bench's own package alone. @throws Error when the peer is not installed. */
export async function loadEmmett(): Promise<EmmettSqlite> {
  const bench = createRequire(join(projectFolder(), 'bench', 'package.json'));
  const path = bench.resolve('@event-driven-io/emmett-sqlite');
  return (await import(pathToFileURL(path).href)) as EmmettSqlite;
}

/** The peer on one shared connection: WAL (its own default) and synchronous FULL. */
export async function openEmmett(fileName: string) {
  const emmett = await loadEmmett();
  const connection = emmett.sqliteConnection({ fileName });
  await connection.query('PRAGMA journal_mode = WAL');
  await connection.command('PRAGMA synchronous = FULL');
  await connection.command('PRAGMA cache_size = -65536');
  const store = emmett.getSQLiteEventStore({
    fileName,
    connectionOptions: { singleton: true, connection },
  });
  await store.schema.migrate();
  return { emmett, connection, store };
}

/** The event behind a message. */
export function asEvent({ type, data }: ReadMessage): BenchEvent {
  return { type, data } as BenchEvent;
}
