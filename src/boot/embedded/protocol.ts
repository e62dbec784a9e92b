import { OPERATIONS } from '../../engine/projections/projection-operations.ts';
import type { ProjectionReport } from '../../engine/projections/projection-view.ts';

/** Methods of the engine that run in its thread; each is called there under its own name. */
export const FORWARDED = [...OPERATIONS, 'audit', 'whenCaughtUp'] as const;

export type Forwarded = (typeof FORWARDED)[number];

/** What the two sides of a projection engine in another thread call each other for. */
export const REMOTE = {
  open: 'open',
  start: 'start',
  stop: 'stop',
  /** Whether somebody waits for a position. */
  urgent: 'urgent',
  /** Told by the engine's side after every step of progress. */
  state: 'state',
  /** Asked by the engine's side: only the owner of the log appends to it. */
  append: 'append',
  /** Told by the owner of the log after a commit. */
  logAppended: 'logGrew',
} as const;

/** All that queries need to know of the engine. */
export interface RemoteState {
  readonly reports: readonly ProjectionReport[];
  /** Collection that answers, by projection; undefined before the first build. */
  readonly serving: ReadonlyMap<string, string | undefined>;
  readonly counts: ReadonlyMap<string, number>;
}
