import { randomUUID } from 'node:crypto';

import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

import { streamName } from '../../../src/domain/kernel/names.ts';
import { noRound, type Running } from '../harness/task.ts';
import { eventsInLogOrder } from '../inputs/alive.ts';
import { commandOf, decideEvent, STORE_ID } from '../inputs/events.ts';
import { metadataOf, sampleFields } from '../inputs/metadata.ts';
import { entityIdOf } from '../inputs/random.ts';

const IN_FLIGHT = 256;

/** As the adapter names it. */
const serverStream = (orderId: string) => `tillstream.${streamName('order', STORE_ID, orderId)}`;

/** Appends `events` events, those of a stream one after the other. */
export async function setup(parameters: { esdb: string; events: number }): Promise<Running> {
  const client = EventStoreDBClient.connectionString(parameters.esdb);
  const events = eventsInLogOrder(parameters.events);
  const lastOf = new Map<number, Promise<unknown>>();

  async function work(): Promise<void> {
    for (const { order, revision } of events) {
      const orderId = entityIdOf('replay', order);
      const command = commandOf(order, revision);
      const { type, data } = decideEvent(orderId, command);
      const metadata = { ...metadataOf(sampleFields(command)) };
      const event = jsonEvent({ id: randomUUID(), type, data: { ...data }, metadata });
      const expectedRevision = revision === 0 ? 'no_stream' : BigInt(revision - 1);
      const before = lastOf.get(order) ?? Promise.resolve();
      const stored = before.then(() =>
        client.appendToStream(serverStream(orderId), event, { expectedRevision }),
      );
      lastOf.set(order, stored);
      await stored;
      if (lastOf.get(order) === stored) lastOf.delete(order);
    }
  }

  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  await client.dispose();
  return { round: noRound, close: () => Promise.resolve() };
}
