import { createReads } from '../api/pipeline/reads.ts';
import type { DueInstance, ProcessServices } from '../engine/processes/process-manager.ts';
import type { ProjectionEngine } from '../engine/projections/projection-engine.ts';
import { findDue } from '../projections/processes/queries.ts';
import type { AppOptions } from './options.ts';

/** Finds what processes have to do, shop by shop, in the read model of processes. */
export function createDueInstances(
  { ports, shops }: Pick<AppOptions, 'ports' | 'shops'>,
  projections: ProjectionEngine,
): ProcessServices['dueInstances'] {
  return async (process, before) => {
    const due: DueInstance[] = [];
    for (const { id: storeId } of shops()) {
      const reads = createReads(projections, ports.readStore, storeId);
      for (const { instance } of await findDue(reads, process, before)) {
        due.push({ storeId, instance });
      }
    }
    return due;
  };
}
