import type { Running } from '../harness/task.ts';
import { benchFeature, benchProjection } from '../ours/feature.ts';
import { replayThrough } from '../ours/replay.ts';
import { openServersSystem } from './system.ts';

export interface ServersReplayParameters {
  readonly esdb: string;
  /** A database with nothing in it. */
  readonly mongo: string;
  readonly events: number;
}

/** As `ours/replay`, from EventStoreDB into MongoDB. */
export async function setup(parameters: ServersReplayParameters): Promise<Running> {
  const { esdb, mongo, events } = parameters;
  return replayThrough(openServersSystem(esdb, mongo, benchFeature([benchProjection])), events);
}
