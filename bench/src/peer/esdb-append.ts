import { EventStoreDBClient } from '@eventstore/db-client';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { closedLoop } from '../harness/closed-loop.ts';
import type { Running } from '../harness/task.ts';
import { decideEvent } from '../inputs/events.ts';
import { stepsOf } from '../inputs/lanes.ts';
import { metadataOf, sampleFields } from '../inputs/metadata.ts';
import { projectFolder } from '../paths.ts';
import type { ServersAppendParameters } from '../servers/append.ts';

// What is used of the peer's public API, written down so that this folder compiles without it.
// @event-driven-io/emmett-esdb 0.20.
interface EmmettEsdb {
  getEventStoreDBEventStore(client: EventStoreDBClient): {
    appendToStream(
      stream: string,
      events: readonly {
        readonly type: string;
        readonly data: unknown;
        readonly metadata: unknown;
      }[],
      options: { readonly expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
    ): Promise<unknown>;
  };
}

/** @throws Error when the peer is not installed. */
export async function loadEmmettEsdb(): Promise<EmmettEsdb> {
  const folder = createRequire(join(projectFolder(), 'bench', 'peer-esdb', 'package.json'));
  // Its CommonJS build does not load.
  const path = folder.resolve('@event-driven-io/emmett-esdb').replace(/\.cjs$/, '.js');
  return (await import(pathToFileURL(path).href)) as EmmettEsdb;
}

/** The peer on EventStoreDB: the same events at expected versions that its caller knows. */
export async function setup(parameters: ServersAppendParameters): Promise<Running> {
  const { esdb, inFlight, roundMs } = parameters;
  const { getEventStoreDBEventStore } = await loadEmmettEsdb();
  const client = EventStoreDBClient.connectionString(esdb);
  const store = getEventStoreDBEventStore(client);
  const lanes = Array.from({ length: inFlight }, (_, i) => stepsOf(`peer-${i}`));

  async function send(lane: number): Promise<void> {
    const step = lanes[lane]?.next().value;
    if (!step) return;
    const { orderId, stream, revision, command } = step;
    const event = decideEvent(orderId, command);
    const metadata = metadataOf(sampleFields(command));
    await store.appendToStream(stream, [{ ...event, metadata }], {
      expectedStreamVersion: revision === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(revision - 1),
    });
  }

  return {
    round: () => closedLoop(inFlight, roundMs, send),
    close: () => client.dispose(),
  };
}
