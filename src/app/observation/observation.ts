import type { Failure } from '../../engine/failure-watch.ts';
import type { ProjectionReport } from '../../engine/projections/projection-view.ts';
import type { DiskSpace, HeapTrend } from '../../ports/host.ts';
import type { GuardReport } from '../../ports/provider-guard.ts';

/** How far a reader of the log is behind; undefined while the log does not answer. */
export interface ObservedLag {
  readonly events: number;
  /** Age of the oldest event that it has not seen; 0 when there is none. */
  readonly seconds: number;
}

export interface ObservedProjection {
  readonly name: string;
  readonly state: ProjectionReport['state'];
  readonly blocked: ProjectionReport['blocked'];
  readonly failing: Failure | undefined;
  readonly building: boolean;
  readonly lag: ObservedLag | undefined;
}

export interface ObservedProcess {
  readonly name: string;
  readonly stuck: { readonly eventId: string; readonly reason: string } | undefined;
  readonly failing: Failure | undefined;
  readonly lag: ObservedLag | undefined;
}

export interface ObservedDependency {
  readonly name: string;
  readonly needed: boolean;
  readonly ok: boolean;
  readonly reason: string;
  readonly latencyMs: number;
}

/** One look at the running instance: what metrics show, and what alert rules judge. */
export interface Observation {
  readonly atMs: number;
  readonly projections: readonly ObservedProjection[];
  readonly processes: readonly ObservedProcess[];
  readonly dependencies: readonly ObservedDependency[];
  /** Engine events since the start by type: gaps found and healed, rebuilds, blocks, skips. */
  readonly engineEvents: ReadonlyMap<string, number>;
  /** Denied requests of the last minutes, by shop. */
  readonly denials: ReadonlyMap<string, number>;
  readonly appendFailure: Failure | undefined;
  /** Of the calls to providers that this instance makes. */
  readonly breakers?: readonly GuardReport[];
  readonly disk: DiskSpace | undefined;
  readonly startsLastHour: number | undefined;
  readonly heap: HeapTrend | undefined;
}
