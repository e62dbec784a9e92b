import type { HistoryEntityRoutes } from '../api/routes/history/entities.ts';
import type { Route } from '../api/route.ts';
import type { EventSet } from '../domain/kernel/define-events.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import type { Category } from '../domain/kernel/names.ts';
import type { AnyDecider } from '../engine/commands/stream-state.ts';
import type { Projection } from '../engine/projections/folding/projection.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';

/** How the events of one category read for people. */
export interface Description {
  readonly category: Category;
  /** One plain sentence; undefined where the event's type says it best. */
  describe(event: RecordedEvent): string | undefined;
}

/** All that a concept consists of. */
export interface Feature {
  readonly name: string;
  /** The rules of its aggregates: each declares a category of streams. */
  readonly deciders: readonly Pick<AnyDecider, 'category'>[];
  readonly events: EventSet;
  readonly projections: readonly Projection[];
  readonly processes: readonly ProcessManager[];
  readonly routes: readonly Route[];
  /** What its events mean, for history. */
  readonly descriptions: readonly Description[];
  /** Its entities that can be read as they were at any moment. */
  readonly timeTravel: readonly HistoryEntityRoutes[];
}

const NO_EVENTS: EventSet = { definitions: {}, types: [] };

/** A feature of the parts that it has. */
export function defineFeature(parts: Pick<Feature, 'name'> & Partial<Feature>): Feature {
  return {
    deciders: [],
    events: NO_EVENTS,
    projections: [],
    processes: [],
    routes: [],
    descriptions: [],
    timeTravel: [],
    ...parts,
  };
}

/** Every category of streams that the features declare. */
export function categoriesOf(features: readonly Feature[]): readonly Category[] {
  return features.flatMap(({ deciders }) => deciders.map(({ category }) => category));
}
