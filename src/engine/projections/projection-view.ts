import type { Position } from '../../domain/kernel/position.ts';
import type { Failure } from '../failure-watch.ts';
import type { ChangeListener } from './change-watch.ts';
import type { BuildingState, ProjectionState } from './folding/generation.ts';

export interface ProjectionReport {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: ProjectionState;
  readonly position: Position;
  /** When the last event that it folded was recorded. */
  readonly lastRecordedAt: string | undefined;
  readonly blocked: { readonly eventId: string; readonly reason: string } | undefined;
  /** Set while it cannot be updated, or while the next generation cannot be built. */
  readonly failing: Failure | undefined;
  /** Whether its documents include every event from before the start of this instance. */
  readonly caughtUp: boolean;
  /** Progress of an audit while one runs. */
  readonly audited: { readonly position: Position; readonly upTo: Position } | undefined;
  /** Set while the next generation is being built beside the serving one. */
  readonly building:
    | {
        readonly generation: number;
        readonly position: Position;
        /** `waiting`: for a free rebuild slot. */
        readonly state: BuildingState;
      }
    | undefined;
}

/** The read models as queries and operators see them. */
export interface ProjectionView {
  /** Physical name of the collection that answers queries; undefined before the first build. */
  serving(projection: string): string | undefined;
  /**
   * The position that its serving documents have reached, at least; undefined before the first
   * build.
   */
  positionOf(projection: string): Position | undefined;
  /**
   * Names the run of the engine that writes its documents. One that died may not have reported all
   * that it changed. Undefined while no engine is known to run.
   */
  runOf(projection: string): string | undefined;
  /**
   * Notifies of changed documents that this instance writes, and of no others. Call before the
   * start.
   */
  watch(projections: readonly string[], listener: ChangeListener): void;
  report(): readonly ProjectionReport[];
  /** True when the read model reached the position in time. */
  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
  /** How often each type of engine event was recorded since the start. */
  counts(): ReadonlyMap<string, number>;
}
