import { EventStoreDBClient } from '@eventstore/db-client';

import type { Measured, Running } from '../harness/task.ts';
import type { ServersReplayParameters } from './replay.ts';

/** The bare client reading the whole log once; it parses the JSON of each event. */
export async function setup({ esdb, events }: ServersReplayParameters): Promise<Running> {
  const client = EventStoreDBClient.connectionString(esdb);

  async function round(): Promise<Measured> {
    const from = performance.now();
    let found = 0;
    for await (const { event } of client.readAll({ fromPosition: 'start' })) {
      if (event?.streamId.startsWith('tillstream.order-')) found += 1;
    }
    const seconds = (performance.now() - from) / 1_000;
    if (found !== events) throw new Error(`expected ${events} events, found ${found}`);
    return { perSecond: events / seconds };
  }

  return { round, close: () => client.dispose() };
}
