import { randomUUID } from 'node:crypto';

import { EventStoreDBClient } from '@eventstore/db-client';

import { findEventStore, startEventStore } from '../../../tests/support/servers/event-store.ts';
import { findMongo, startMongo, withDatabase } from '../../../tests/support/servers/mongo.ts';
import type { RowContext } from '../rows/row.ts';

export interface Servers {
  readonly esdb: string;
  /** With a database that nobody else has; empty when none was asked for. */
  readonly mongo: string;
}

/**
 * Runs a body over the servers named by ESDB_URL and MONGO_URL, else over fresh ones of this
 * machine, which keep what they store on disk. Returns why it cannot be run instead where a server
 * is missing, or where the log is not empty: the events of others would be measured as well.
 */
export async function withServers<T>(
  { progress }: RowContext,
  { mongo: needsMongo }: { readonly mongo: boolean },
  body: (servers: Servers) => Promise<T>,
): Promise<T | { readonly missing: string }> {
  const eventStore = findEventStore();
  const mongo = findMongo();
  if (eventStore.kind === 'none') return { missing: eventStore.reason };
  if (needsMongo && mongo.kind === 'none') return { missing: mongo.reason };
  const stops: (() => Promise<void>)[] = [];
  try {
    const servers = { esdb: '', mongo: '' };
    if (eventStore.kind === 'url') servers.esdb = eventStore.url;
    else {
      progress('starting EventStoreDB');
      const server = await startEventStore(eventStore, { onDisk: true });
      stops.push(() => server.stop());
      servers.esdb = server.connectionString;
    }
    if (needsMongo && mongo.kind !== 'none') {
      let { url } = mongo as { readonly url?: string };
      if (mongo.kind !== 'url') {
        progress('starting MongoDB');
        const server = await startMongo(mongo);
        stops.push(() => server.stop());
        url = server.url;
      }
      servers.mongo = withDatabase(url ?? '', `bench_${randomUUID().slice(0, 8)}`);
    }
    if (!(await isEmpty(servers.esdb))) return { missing: 'the log at ESDB_URL is not empty' };
    return await body(servers);
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Whether there are only streams of the server's own. */
async function isEmpty(esdb: string): Promise<boolean> {
  const client = EventStoreDBClient.connectionString(esdb);
  try {
    for await (const { event } of client.readAll({ fromPosition: 'start', maxCount: 10_000 })) {
      if (event && !event.streamId.startsWith('$')) return false;
    }
    return true;
  } finally {
    await client.dispose();
  }
}
