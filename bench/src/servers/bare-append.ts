import { randomUUID } from 'node:crypto';

import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

import { closedLoop } from '../harness/closed-loop.ts';
import type { Running } from '../harness/task.ts';
import { decideEvent } from '../inputs/events.ts';
import { stepsOf } from '../inputs/lanes.ts';
import { metadataOf, sampleFields } from '../inputs/metadata.ts';
import type { ServersAppendParameters } from './append.ts';

/** The bare client: the same events at the same expected revisions, and nothing around it. */
export async function setup(parameters: ServersAppendParameters): Promise<Running> {
  const { esdb, inFlight, roundMs } = parameters;
  const client = EventStoreDBClient.connectionString(esdb);
  const lanes = Array.from({ length: inFlight }, (_, i) => stepsOf(`bare-${i}`));

  async function send(lane: number): Promise<void> {
    const step = lanes[lane]?.next().value;
    if (!step) return;
    const { orderId, stream, revision, command } = step;
    const { type, data } = decideEvent(orderId, command);
    const metadata = { ...metadataOf(sampleFields(command)) };
    const event = jsonEvent({ id: randomUUID(), type, data: { ...data }, metadata });
    const expectedRevision = revision === 0 ? 'no_stream' : BigInt(revision - 1);
    await client.appendToStream(stream, event, { expectedRevision });
  }

  return {
    round: () => closedLoop(inFlight, roundMs, send),
    close: () => client.dispose(),
  };
}
