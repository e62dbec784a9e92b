import type { Route } from '../api/route.ts';
import type { HistoryEntityRoutes } from '../api/routes/history/entities.ts';
import type { AuditRules } from '../domain/kernel/audit.ts';
import type { EventSet } from '../domain/kernel/define-events.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import type { Category } from '../domain/kernel/names.ts';
import type { AnyDecider } from '../engine/commands/stream-state.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';
import type { CachedRead } from '../engine/projections/cached-read.ts';
import type { Projection } from '../engine/projections/folding/projection.ts';

/** Describes the events of one category for people. */
export interface Description {
  readonly category: Category;
  /** One plain sentence; undefined where the type of the event is enough. */
  describe(event: RecordedEvent): string | undefined;
}

/** All parts of a concept. */
export interface Feature {
  readonly name: string;
  /** The rules of its aggregates: each declares a category of streams. */
  readonly deciders: readonly Pick<AnyDecider, 'category'>[];
  readonly events: EventSet;
  readonly projections: readonly Projection[];
  /** The meaning of a document of each of its read models, by the name of the read model. */
  readonly documents: Readonly<Record<string, string>>;
  /** Reads of them that are kept in the cache. */
  readonly cachedReads: readonly CachedRead[];
  readonly processes: readonly ProcessManager[];
  readonly routes: readonly Route[];
  /** Descriptions of its events, for history. */
  readonly descriptions: readonly Description[];
  /** Severity of its events in the audit trail; `INFO` for those that are not named. */
  readonly audit: AuditRules;
  /** Its entities with time travel: they can be read as of any moment. */
  readonly timeTravel: readonly HistoryEntityRoutes[];
}

const NO_EVENTS: EventSet = { definitions: {}, types: [] };

/** A feature of the given parts; the others are empty. */
export function defineFeature(parts: Pick<Feature, 'name'> & Partial<Feature>): Feature {
  return {
    deciders: [],
    events: NO_EVENTS,
    projections: [],
    documents: {},
    cachedReads: [],
    processes: [],
    routes: [],
    descriptions: [],
    audit: {},
    timeTravel: [],
    ...parts,
  };
}

/** Every category of streams that the features declare. */
export function categoriesOf(features: readonly Feature[]): readonly Category[] {
  return features.flatMap(({ deciders }) => deciders.map(({ category }) => category));
}
