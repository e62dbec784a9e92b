import type { Running } from '../harness/task.ts';
import { appendThrough } from '../ours/append.ts';
import { benchFeature } from '../ours/feature.ts';
import { openServersSystem } from './system.ts';

export interface ServersAppendParameters {
  readonly esdb: string;
  readonly inFlight: number;
  readonly roundMs: number;
}

/** As `ours/append`, over EventStoreDB. */
export async function setup(parameters: ServersAppendParameters): Promise<Running> {
  const system = openServersSystem(parameters.esdb, '', benchFeature([]));
  return appendThrough(system, parameters);
}
