import type { Position } from '../domain/kernel/position.ts';

/** A value by which documents can be filtered and sorted. */
export type FieldValue = string | number;

/**
 * Fields, in order, that queries filter and sort by; each names a top-level field of the document.
 */
export interface DocumentIndex {
  readonly name: string;
  readonly fields: readonly string[];
}

/** One generation of a projection's documents. A rebuild fills the next generation beside it. */
export interface CollectionSpec {
  /** Physical name `<collection>__v<version>_g<generation>`. */
  readonly name: string;
  readonly indexes: readonly DocumentIndex[];
}

/**
 * A document with its guards: the position it was folded up to, and the epoch of its last repair.
 */
export interface StoredDocument<Doc = unknown> {
  readonly key: string;
  readonly storeId: string;
  readonly position: Position;
  readonly epoch: number;
  readonly body: Doc;
}

/** What a document becomes. `body` undefined deletes it. */
export interface DocumentWrite {
  readonly key: string;
  readonly storeId: string;
  readonly position: Position;
  readonly epoch: number;
  readonly body: unknown;
  /** Nothing was stored under its key when it was folded. A hint: another writer may be faster. */
  readonly isNew?: boolean;
}

/** How far a reader of the log has come, and which log that was. */
export interface Checkpoint {
  readonly logId: string;
  readonly position: Position;
  /** Id of the event at `position`; undefined when no event stood there. */
  readonly eventId: string | undefined;
  /**
   * Of a feed: the collections that have seen all events up to here, whether touched or not. Other
   * instances derive a projection's position from its own checkpoint and this.
   */
  readonly members?: readonly string[];
}

export interface CheckpointMove {
  readonly name: string;
  /** What the mover believes to be stored; any other stored position refuses the whole commit. */
  readonly from: Checkpoint | undefined;
  readonly to: Checkpoint;
  /**
   * Fencing token of the mover's lease. Once a checkpoint was claimed, a move with a lower token or
   * with none is refused.
   */
  readonly token?: number;
}

export interface CollectionWrites {
  readonly collection: CollectionSpec;
  readonly writes: readonly DocumentWrite[];
}

/** Documents, checkpoints and stream revisions that belong together. */
export interface ReadStoreCommit {
  readonly documents?: readonly CollectionWrites[];
  readonly checkpoints: readonly CheckpointMove[];
  /** Last revision of each stream that a feed has applied. */
  readonly revisions?: { readonly feed: string; readonly of: ReadonlyMap<string, number> };
}

/** A commit that only moves checkpoints. */
export type CheckpointCommit = Pick<ReadStoreCommit, 'checkpoints'>;

export type CommitOutcome =
  | { readonly outcome: 'done' }
  /** Another writer moved this checkpoint, or repaired a document of the collection of its name. */
  | { readonly outcome: 'checkpoint-moved'; readonly name: string }
  /** A holder of a newer lease has claimed this checkpoint. */
  | { readonly outcome: 'fenced'; readonly name: string };

/** Which generation of a projection answers queries. */
export interface LiveGeneration {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
}

/** State of a projection that must outlive the instance. */
export interface ProjectionStatus {
  readonly projection: string;
  readonly status: 'running' | 'blocked' | 'paused';
  readonly eventId?: string;
  readonly reason?: string;
  /** Events that an operator skipped. */
  readonly skipped: readonly string[];
}

export interface Query {
  /** Equal to, by field. */
  readonly where?: Readonly<Record<string, FieldValue>>;
  /** At least `from` and less than `below`. */
  readonly range?: {
    readonly field: string;
    readonly from?: FieldValue;
    readonly below?: FieldValue;
  };
  readonly orderBy: string;
  readonly direction?: 'ascending' | 'descending';
  /** Most documents: 1 to 1,000. */
  readonly limit: number;
  /** Value of `orderBy` and key of the last document of the page before. */
  readonly after?: { readonly value: FieldValue; readonly key: string };
}

/** Queries of one shop: there is no way from here to another shop's documents (K15). */
export interface StoreDocuments {
  get<Doc>(collection: string, key: string): Promise<StoredDocument<Doc> | undefined>;
  find<Doc>(collection: string, query: Query): Promise<readonly StoredDocument<Doc>[]>;
}

/** The documents as queries reach them. */
export interface DocumentQueries {
  /** Documents of one shop. `collection` is a physical name. */
  forStore(storeId: string): StoreDocuments;
}

/** The documents as folds and audits reach them: by key, of all shops. */
export interface DocumentStore {
  /** Makes the collection and its indexes when they are missing; restores lost indexes. */
  ensureCollection(spec: CollectionSpec): Promise<void>;
  /** Drops the collection and the checkpoint of its name. */
  dropCollection(name: string): Promise<void>;
  /** Physical names of the existing collections. */
  listCollections(): Promise<readonly string[]>;
  /**
   * Documents by key. A deleted one is left out, or has an undefined body where the store still
   * guards its key: its position and epoch then continue.
   */
  load(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>>;
  /** Documents of all shops in the order of their keys, after a key: for audits. */
  scan(collection: string, afterKey: string, limit: number): Promise<readonly StoredDocument[]>;
}

/** How far each reader of the log has come. Processes need no more of a read store than this. */
export interface CheckpointStore {
  checkpoint(name: string): Promise<Checkpoint | undefined>;
  /** Existing checkpoints by name. */
  checkpoints(names: readonly string[]): Promise<ReadonlyMap<string, Checkpoint>>;
  /** Moves all of the checkpoints or, when one is not where its mover believes, none. */
  commit(commit: CheckpointCommit): Promise<CommitOutcome>;
  /** Last revisions that a feed has applied, for those of the streams it has met. */
  revisions(feed: string, streams: readonly string[]): Promise<Map<string, number>>;
  /** Forgets a checkpoint, and the revisions of the feed of that name: a declared rebuild. */
  resetCheckpoint(name: string): Promise<void>;
  /**
   * Claims a checkpoint, whether it exists yet or not, for the holder of a lease: from now on only
   * moves with this token, or a newer one, are done. The claim outlives `resetCheckpoint`.
   * @returns false when a newer token has claimed it already.
   */
  claimCheckpoint(name: string, token: number): Promise<boolean>;
}

/** Which generation of each projection answers queries, and what operators have decided. */
export interface GenerationCatalogue {
  liveGeneration(projection: string): Promise<LiveGeneration | undefined>;
  /** Existing live generations by projection. */
  liveGenerations(projections: readonly string[]): Promise<ReadonlyMap<string, LiveGeneration>>;
  setLiveGeneration(generation: LiveGeneration): Promise<void>;
  projectionStatus(projection: string): Promise<ProjectionStatus | undefined>;
  /** Existing statuses by projection. */
  projectionStatuses(
    projections: readonly string[],
  ): Promise<ReadonlyMap<string, ProjectionStatus>>;
  setProjectionStatus(status: ProjectionStatus): Promise<void>;
}

/** Read models with their checkpoints. All of it can be deleted and rebuilt from the log. */
export interface ReadStore
  extends DocumentQueries, DocumentStore, CheckpointStore, GenerationCatalogue {
  /**
   * Writes the documents and moves the checkpoints. When a checkpoint is not where its mover
   * believes, nothing is written.
   *
   * A store on one machine writes all of it or nothing. One without transactions writes the
   * documents first and then moves all checkpoints at once, so that none is ever ahead of its
   * documents: a commit that fails, or is overtaken while it writes, may leave documents that are
   * ahead. There, a document is only replaced under a greater epoch, or the same epoch and a
   * greater position; so a batch that is written again, or by two writers at once, leaves the same
   * documents.
   */
  commit(commit: ReadStoreCommit): Promise<CommitOutcome>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
