import { OPERATIONS } from '../../engine/projections/projection-operations.ts';
import type { ProjectionReport } from '../../engine/projections/projection-view.ts';

/** Methods of the engine that run in its thread; each is called there under its own name. */
export const FORWARDED = [...OPERATIONS, 'audit', 'whenCaughtUp'] as const;

export type Forwarded = (typeof FORWARDED)[number];

/** The other calls between the two sides of a projection engine in another thread. */
export const REMOTE = {
  open: 'open',
  start: 'start',
  stop: 'stop',
  /** To the engine's side: whether a caller waits for a position. */
  hasWaiters: 'hasWaiters',
  /** From the engine's side, after every step of progress. */
  state: 'state',
  /** To the engine's side: the read models whose changed documents are reported. */
  watch: 'watch',
  /** From the engine's side: documents of one of them have changed. Comes before the state. */
  changed: 'changed',
  /** From the engine's side: only the owner of the log appends to it. */
  append: 'append',
  /** From the engine's side: the keys of persons are reached through the owner of the vault. */
  subjectKeys: 'subjectKeys',
  /** To the engine's side: what was erased must not stay in the file of the documents. */
  overwriteRemoved: 'overwriteRemoved',
  /** From the owner of the log, after a commit. */
  logAppended: 'logAppended',
} as const;

/** The state of the engine that queries and reports need. */
export interface RemoteState {
  readonly reports: readonly ProjectionReport[];
  /** Serving collection by projection; undefined before the first build. */
  readonly serving: ReadonlyMap<string, string | undefined>;
  readonly counts: ReadonlyMap<string, number>;
  /** The run of the engine. */
  readonly run: string | undefined;
}
