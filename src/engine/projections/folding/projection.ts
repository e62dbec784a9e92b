import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import type { Category } from '../../../domain/kernel/names.ts';
import type { CollectionSpec, DocumentIndex } from '../../../ports/read-store.ts';

/**
 * Projections of one lane share one feed: each batch of it is one commit. Where several instances
 * share the work, each lane has a lease, so a lane is also what moves between instances.
 */
export type FeedLane = 'sales' | 'money' | 'devices' | 'integrations';

/**
 * A read model as data: which events it follows, which documents one of them touches, and how a
 * document changes. `evolve` is pure; undefined means that there is no document (any more).
 *
 * Raise `version` with every change of `keys`, `evolve` or the document's form: the documents are
 * then built anew beside the old ones.
 */
export interface Projection<Doc = unknown> {
  readonly name: string;
  readonly version: number;
  readonly collection: string;
  readonly indexes: readonly DocumentIndex[];
  readonly categories: readonly Category[];
  /** Default `sales`. To move a projection to another lane, see `LANE_ASSIGNMENT`. */
  readonly feed?: FeedLane;
  /** Keys made by `documentKey`, each of the event's own store. */
  keys(event: RecordedEvent): readonly string[];
  evolve(document: Doc | undefined, event: RecordedEvent, key: string): Doc | undefined;
  /** The one stream that a document is folded from; absent when many streams feed one document. */
  streamOf?(key: string): string;
  /**
   * Where many streams feed a document that is about some time: no event that was recorded before
   * this one (UTC, as `Date.toISOString` writes it) touches it. To fold it again, the log is read
   * from there. Absent, or undefined for a key that says no time: from its first event.
   */
  recordedFrom?(key: string): string | undefined;
}

export function collectionOf(projection: Projection, generation: number): CollectionSpec {
  const base = projection.collection.replaceAll('-', '_');
  return {
    name: `${base}__v${projection.version}_g${generation}`,
    indexes: projection.indexes,
  };
}
