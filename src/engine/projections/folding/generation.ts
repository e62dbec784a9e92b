import { type Position, START } from '../../../domain/kernel/position.ts';
import type { Checkpoint, CollectionSpec } from '../../../ports/read-store.ts';
import type { FailureWatch } from '../../failure-watch.ts';
import type { EngineContext } from '../context.ts';
import { watchFailures } from '../watch-failures.ts';
import { createFold, type Fold } from './fold.ts';
import { collectionOf, type Projection } from './projection.ts';

export interface Blocked {
  readonly eventId: string;
  readonly reason: string;
}

/** States of a generation; the API and the reference pages name the same ones. */
export const GENERATION_STATES = ['catching-up', 'live', 'blocked', 'paused', 'retired'] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

/** States of a generation that is being built beside the serving one: it may wait for its turn. */
export const BUILDING_STATES = [...GENERATION_STATES, 'waiting', 'failing'] as const;
export type BuildingState = (typeof BUILDING_STATES)[number];

/** States of a read model in a report: it may fail to write, or have no instance that runs it. */
export const PROJECTION_STATES = [...GENERATION_STATES, 'failing', 'unassigned'] as const;
export type ProjectionState = (typeof PROJECTION_STATES)[number];
export type ReportedState = BuildingState | ProjectionState;

/**
 * One generation of one projection at work: it catches up by itself while it lags, then it is a
 * member of the feed.
 *
 * `checkpoint` is what it last wrote; `position` is how far the log was examined for it, which may
 * be further. Only its present runner moves them: its own while it catches up, else the feed.
 */
export interface Generation {
  readonly projection: Projection;
  readonly fold: Fold;
  /** 1, 2, ... in the order in which the projection's generations were built. */
  readonly number: number;
  readonly collection: CollectionSpec;
  state: GenerationState;
  /** An operator has paused it. */
  paused: boolean;
  checkpoint: Checkpoint | undefined;
  position: Position;
  skipped: ReadonlySet<string>;
  blocked: Blocked | undefined;
  /** Why its documents may be wrong: they are audited as soon as it is live again. */
  needsAudit: 'checkpoint-moved' | 'dropped-events' | undefined;
  /** Progress of an audit while one runs. */
  audited: { readonly position: Position; readonly upTo: Position } | undefined;
  /** Failures of its own runner. While it is a member of the feed, see those of the feed. */
  readonly failures: FailureWatch;
  /** When the last event that it folded was recorded. */
  lastRecordedAt: string | undefined;
  /** Resumes its runner: it has left the feed, or may try again. */
  wake: () => void;
}

export function createGeneration(
  context: EngineContext,
  projection: Projection,
  number: number,
  skipped: readonly string[] = [],
): Generation {
  return {
    projection,
    fold: createFold(projection, context.types),
    number,
    collection: collectionOf(projection, number),
    state: 'catching-up',
    paused: false,
    checkpoint: undefined,
    position: START,
    skipped: new Set(skipped),
    blocked: undefined,
    needsAudit: undefined,
    audited: undefined,
    failures: watchFailures(context, () => [projection.name]),
    lastRecordedAt: undefined,
    wake: () => undefined,
  };
}
