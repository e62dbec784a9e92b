import { MongoClient } from 'mongodb';

import { createContainerRunner } from './containers.ts';
import {
  type ContainerSource,
  type ServerSource,
  type Startable,
  findBinary,
  findServer,
  preferContainer,
} from './find.ts';
import { type OwnServer, type Place, createProcessRunner, freePort, startReady } from './runner.ts';

export const MONGO_IMAGE = 'mongo:7.0.14-jammy';

const REPLICA_SET = 'tests';
const ATTEMPT_MS = 2_000;

/** For suites that share a server with others, and have a database of their own. */
export function findMongo(): ServerSource | ContainerSource {
  return preferContainer(findServer('MONGO_URL', 'MONGOD_BIN', 'mongod'), MONGO_IMAGE);
}

/** For suites that freeze and kill it. */
export function findOwnMongo(): Exclude<ServerSource, { kind: 'url' }> | ContainerSource {
  return preferContainer(findBinary('MONGOD_BIN', 'mongod'), MONGO_IMAGE);
}

/** A MongoDB of its own for a test; what it stores is there after a kill. */
export interface MongoServer extends OwnServer {
  readonly url: string;
}

export interface MongoOptions {
  /** A replica set of one node, as it runs in production; else a server on its own. */
  readonly replicaSet?: boolean;
}

/** Starts a server on a free loopback port and waits until it takes writes. */
export async function startMongo(
  source: Startable,
  { replicaSet = true }: MongoOptions = {},
): Promise<MongoServer> {
  const port = await freePort();
  const args = ({ port: at, folder, host }: Place) => [
    ...['--port', `${at}`, '--bind_ip', host, '--dbpath', folder],
    ...['--wiredTigerCacheSizeGB', '0.25'],
    ...(replicaSet ? ['--replSet', REPLICA_SET] : []),
  ];
  const runner =
    source.kind === 'binary'
      ? createProcessRunner({ path: source.path, port, args })
      : createContainerRunner({
          image: source.image,
          port,
          containerPort: 27017,
          folder: '/data/db',
          args: (place) => ['mongod', ...args(place)],
        });
  const ownPort = source.kind === 'binary' ? port : 27017;
  const server = await startReady(runner, () => takesWrites(urlOf(port), ownPort));
  return { ...server, url: urlOf(port) };
}

/** One server is meant, whatever it says about others. */
export function urlOf(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

/** A replica set has to be made once; then its only node elects itself, which takes a moment. */
async function takesWrites(url: string, ownPort: number): Promise<boolean> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: ATTEMPT_MS,
    socketTimeoutMS: ATTEMPT_MS,
  });
  try {
    const admin = client.db('admin');
    const { ismaster, isreplicaset } = await admin.command({ isMaster: 1 });
    if (isreplicaset === true) {
      const members = [{ _id: 0, host: `127.0.0.1:${ownPort}` }];
      await admin.command({ replSetInitiate: { _id: REPLICA_SET, members } });
    }
    return ismaster === true;
  } finally {
    await client.close();
  }
}
