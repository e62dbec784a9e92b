import type { Route } from '../api/route.ts';
import type { EventType } from '../domain/kernel/event-types.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';
import type { Projection } from '../engine/projections/folding/projection.ts';

/** All that a concept consists of. The list of features is the table of contents of the product. */
export interface Feature {
  readonly name: string;
  readonly eventTypes: readonly EventType[];
  readonly projections: readonly Projection[];
  readonly processes: readonly ProcessManager[];
  readonly routes: readonly Route[];
}
