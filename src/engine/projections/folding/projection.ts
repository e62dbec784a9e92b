import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { Category } from '../../../domain/kernel/names.ts';
import type { CollectionSpec, DocumentIndex } from '../../../ports/read-store.ts';

/**
 * Projections of one lane share one feed: each batch of it is one commit. Where several instances
 * share the work, each lane has a lease, so a lane is also what moves between instances.
 */
export type FeedLane = 'sales' | 'money' | 'devices' | 'integrations';

/**
 * A read model as data: which events it follows (`Event` names their types), which documents one
 * of them touches, and how a document changes. `evolve` is pure; undefined: there is no document.
 *
 * Raise `version` with every change of `keys`, `evolve` or the document's form: the documents are
 * then rebuilt beside the old ones.
 */
export interface Projection<Doc = unknown, Event = unknown> {
  readonly name: string;
  readonly version: number;
  readonly collection: string;
  readonly indexes: readonly DocumentIndex[];
  readonly categories: readonly Category[];
  /** Default `sales`. To move a projection to another lane, see `LANE_ASSIGNMENT`. */
  readonly feed?: FeedLane;
  /** Keys made by `documentKey`, each of the event's shop. */
  keys(event: RecordedEvent): readonly string[];
  evolve(document: Doc | undefined, event: RecordedEvent & Event, key: string): Doc | undefined;
  /** The one stream that a document is folded from; absent when many streams feed one document. */
  streamOf?(key: string): string;
  /**
   * For a document of a period that many streams feed: no event recorded before this time (UTC, as
   * `Date.toISOString` writes it) touches it, so the log is read from there to refold it. Absent,
   * or undefined for a key without a time: the log is read from its first event.
   */
  recordedFrom?(key: string): string | undefined;
}

/** What the physical collections of all generations begin with. */
export function collectionBase({ collection }: Pick<Projection, 'collection'>): string {
  return collection.replaceAll('-', '_');
}

/** The physical collection of one generation, by its number. */
export function collectionOf(projection: Projection, generation: number): CollectionSpec {
  return {
    name: `${collectionBase(projection)}__v${projection.version}_g${generation}`,
    indexes: projection.indexes,
  };
}
