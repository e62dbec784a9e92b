import type { Position } from '../domain/kernel/position.ts';

/** A value that documents can be filtered and sorted by. */
export type FieldValue = string | number;

/**
 * Fields, in order, that queries filter and sort by; each names a top-level field of the document.
 */
export interface DocumentIndex {
  readonly name: string;
  readonly fields: readonly string[];
}

/** One generation of a projection's documents. A rebuild fills the next one beside it. */
export interface CollectionSpec {
  /** Physical name `<collection>__v<version>_g<generation>`. */
  readonly name: string;
  readonly indexes: readonly DocumentIndex[];
}

/**
 * A document with what guards it: the position it was folded up to, and the epoch of its last heal.
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
  /** Nothing was stored under its key when it was folded. A hint: somebody may have been faster. */
  readonly isNew?: boolean;
}

/** How far a reader of the log has come, and which log that was. */
export interface Checkpoint {
  readonly logId: string;
  readonly position: Position;
  /** Id of the event at `position`; undefined when nothing was there to hold on to. */
  readonly eventId: string | undefined;
  /**
   * Of a feed: the collections that have seen all up to here, whether it touched them or not. What
   * another process knows of a projection's position is its own checkpoint and this.
   */
  readonly members?: readonly string[];
}

export interface CheckpointMove {
  readonly name: string;
  /** What the mover believes is stored; another stored position refuses the whole commit. */
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
  readonly documents: readonly CollectionWrites[];
  readonly checkpoints: readonly CheckpointMove[];
  /** Last revision of each stream that a feed has passed on. */
  readonly revisions?: { readonly feed: string; readonly of: ReadonlyMap<string, number> };
}

export type CommitOutcome =
  | { readonly outcome: 'done' }
  /** Somebody else moved this checkpoint, or mended a document of the collection of its name. */
  | { readonly outcome: 'checkpoint-moved'; readonly name: string }
  /** Somebody with a newer lease has claimed this checkpoint. */
  | { readonly outcome: 'fenced'; readonly name: string };

/** Which generation of a projection answers queries. */
export interface LiveGeneration {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
}

/** State of a projection that must outlive the process. */
export interface ProjectionStatus {
  readonly projection: string;
  readonly status: 'running' | 'blocked' | 'paused';
  readonly eventId?: string;
  readonly reason?: string;
  /** Events that an operator ordered to be passed over. */
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

/** Queries of one store: there is no way from here to another store's documents (K15). */
export interface StoreDocuments {
  get<Doc>(collection: string, key: string): Promise<StoredDocument<Doc> | undefined>;
  find<Doc>(collection: string, query: Query): Promise<readonly StoredDocument<Doc>[]>;
}

/** Read models with their checkpoints. Everything in it can be thrown away and built again. */
export interface ReadStore {
  /** Documents of one shop. `collection` is a physical name. */
  forStore(storeId: string): StoreDocuments;

  /** Makes the collection and its indexes when they are missing; mends lost indexes. */
  ensureCollection(spec: CollectionSpec): Promise<void>;
  dropCollection(name: string): Promise<void>;
  /** Physical names of the collections there are. */
  listCollections(): Promise<readonly string[]>;

  /**
   * Documents by key. One that was deleted is left out, or has an undefined body where the store
   * still guards its place: its position and epoch then go on.
   */
  load(collection: string, keys: readonly string[]): Promise<Map<string, StoredDocument>>;
  /** Documents of all stores by key, after a key: for audits. */
  scan(collection: string, afterKey: string, limit: number): Promise<readonly StoredDocument[]>;

  /**
   * Writes the documents and moves the checkpoints. When a checkpoint is not where its mover
   * believes it to be, nothing is written.
   *
   * A store on one machine writes all of it or nothing. One without transactions writes the
   * documents first and then moves all checkpoints at once, so that none is ever ahead of its
   * documents: a commit that fails, or is overtaken while it writes, may leave documents that are
   * ahead. There, a document is only replaced under a greater epoch, or the same epoch and a
   * greater position; so a batch that is written again, or by two at once, leaves the same ones.
   */
  commit(commit: ReadStoreCommit): Promise<CommitOutcome>;

  checkpoint(name: string): Promise<Checkpoint | undefined>;
  /** Checkpoints by name, of those there are. */
  checkpoints(names: readonly string[]): Promise<ReadonlyMap<string, Checkpoint>>;
  /** Last revisions that a feed has passed on, for those of the streams it has met. */
  revisions(feed: string, streams: readonly string[]): Promise<Map<string, number>>;
  /** Forgets a checkpoint, and the revisions of the feed of that name: a declared rebuild. */
  resetCheckpoint(name: string): Promise<void>;
  /**
   * Claims a checkpoint, whether it is there yet or not, for the holder of a lease: from now on
   * only moves with this token, or a newer one, are done. The claim outlives `resetCheckpoint`.
   * @returns false when a newer token has claimed it already.
   */
  claimCheckpoint(name: string, token: number): Promise<boolean>;

  liveGeneration(projection: string): Promise<LiveGeneration | undefined>;
  /** By projection, of those that have one. */
  liveGenerations(projections: readonly string[]): Promise<ReadonlyMap<string, LiveGeneration>>;
  setLiveGeneration(generation: LiveGeneration): Promise<void>;
  projectionStatus(projection: string): Promise<ProjectionStatus | undefined>;
  /** By projection, of those that have one. */
  projectionStatuses(
    projections: readonly string[],
  ): Promise<ReadonlyMap<string, ProjectionStatus>>;
  setProjectionStatus(status: ProjectionStatus): Promise<void>;

  ping(): Promise<void>;
  close(): Promise<void>;
}
