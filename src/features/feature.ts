import type { HistoryEntityRoutes } from '../api/routes/history/entities.ts';
import type { Route } from '../api/route.ts';
import type { EventSet } from '../domain/kernel/define-events.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import type { Category } from '../domain/kernel/names.ts';
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
  readonly events: EventSet;
  readonly projections: readonly Projection[];
  /** What a document of each of its read models is, by the name of the read model. */
  readonly documents: Readonly<Record<string, string>>;
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
    events: NO_EVENTS,
    projections: [],
    documents: {},
    processes: [],
    routes: [],
    descriptions: [],
    timeTravel: [],
    ...parts,
  };
}
