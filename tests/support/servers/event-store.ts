import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

import { createContainerRunner } from './containers.ts';
import {
  type ContainerSource,
  findBinary,
  findServer,
  preferContainer,
  type ServerSource,
  type Startable,
} from './find.ts';
import { createProcessRunner, freePort, type OwnServer, type Place, startReady } from './runner.ts';

export const EVENT_STORE_IMAGE = 'eventstore/eventstore:23.10.1-bookworm-slim';

const ATTEMPT_MS = 2_000;

/** For suites that share a server and use separate streams. */
export function findEventStore(): ServerSource | ContainerSource {
  return preferContainer(
    findServer('ESDB_URL', 'EVENTSTORE_BIN', 'eventstored'),
    EVENT_STORE_IMAGE,
  );
}

/** For suites that freeze and kill their server. */
export function findOwnEventStore(): Exclude<ServerSource, { kind: 'url' }> | ContainerSource {
  return preferContainer(findBinary('EVENTSTORE_BIN', 'eventstored'), EVENT_STORE_IMAGE);
}

/** An EventStoreDB server for one test. */
export interface EventStoreServer extends OwnServer {
  readonly connectionString: string;
}

export interface EventStoreOptions {
  /** Stores on disk, so that the data survives a kill. */
  readonly onDisk?: boolean;
}

/** Starts a server on a free loopback port and waits until it accepts appends. */
export async function startEventStore(
  source: Startable,
  { onDisk = false }: EventStoreOptions = {},
): Promise<EventStoreServer> {
  const port = await freePort();
  const replicationPort = await freePort();
  const args = ({ port: httpPort, folder, host }: Place) => [
    '--insecure',
    `--node-ip=${host}`,
    `--http-port=${httpPort}`,
    `--replication-port=${replicationPort}`,
    '--run-projections=None',
    '--enable-atom-pub-over-http=false',
    ...(source.kind === 'binary' ? [`--log=${folder}/log`] : []),
    ...(onDisk ? [`--db=${folder}/db`] : ['--mem-db']),
  ];
  const runner =
    source.kind === 'binary'
      ? createProcessRunner({ path: source.path, port, args, env: environmentOfServers() })
      : createContainerRunner({
          image: source.image,
          port,
          containerPort: 2113,
          folder: '/var/lib/eventstore',
          args,
        });
  const server = await startReady(runner, () => takesAppends(port));
  return { ...server, connectionString: connectionStringOf(port) };
}

/** EventStoreDB reads each EVENTSTORE_ variable as a setting and rejects unknown ones. */
export function environmentOfServers(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith('EVENTSTORE_')));
}

export function connectionStringOf(port: number): string {
  return `esdb://127.0.0.1:${port}?tls=false`;
}

/** Alive is not ready: appends are rejected until the node is its own leader. */
async function takesAppends(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(ATTEMPT_MS);
  const health = await fetch(`http://127.0.0.1:${port}/health/live`, { signal });
  return health.ok && (await takesAnAppend(port));
}

/** Through a call with credentials, which shares nothing with other clients of this process. */
async function takesAnAppend(port: number): Promise<boolean> {
  const client = EventStoreDBClient.connectionString(connectionStringOf(port));
  const credentials = { username: 'admin', password: 'changeit' };
  try {
    const event = jsonEvent({ type: 'Started', data: {} });
    const options = { credentials, deadline: ATTEMPT_MS };
    await client.appendToStream('$tests-started', event, options);
    return true;
  } finally {
    await client.dispose();
  }
}
