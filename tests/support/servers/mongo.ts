import { type Document, MongoClient } from 'mongodb';

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

export const MONGO_IMAGE = 'mongo:7.0.14-jammy';

const ATTEMPT_MS = 2_000;
const REPLICA_SET = 'rs0';
const NOT_YET_INITIALIZED = 94;

/** For suites that share a server and use separate databases. */
export function findMongo(): ServerSource | ContainerSource {
  return preferContainer(findServer('MONGO_URL', 'MONGOD_BIN', 'mongod'), MONGO_IMAGE);
}

/** For suites that freeze and kill their server. */
export function findOwnMongo(): Exclude<ServerSource, { kind: 'url' }> | ContainerSource {
  return preferContainer(findBinary('MONGOD_BIN', 'mongod'), MONGO_IMAGE);
}

/** A MongoDB server for one test; its data survives a kill. */
export interface MongoServer extends OwnServer {
  /** The URL of an installation: the driver discovers the members of the set. */
  readonly url: string;
  /** Sends a command over a separate connection, as an operator would. */
  command(command: Document): Promise<Document>;
}

export interface MongoOptions {
  /** A replica set of one node; else a standalone server. */
  readonly topology?: 'replica-set' | 'standalone';
}

/** Starts a server on a free loopback port and waits until it accepts writes. */
export async function startMongo(
  source: Startable,
  { topology = 'replica-set' }: MongoOptions = {},
): Promise<MongoServer> {
  const port = await freePort();
  const isSet = topology === 'replica-set';
  const args = ({ folder, host }: Place) => [
    ...['--dbpath', folder, '--bind_ip', host, '--port', `${port}`, '--nounixsocket'],
    ...['--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'enableTestCommands=1'],
    ...(isSet ? ['--replSet', REPLICA_SET, '--oplogSize', '64'] : []),
  ];
  const runner =
    source.kind === 'binary'
      ? createProcessRunner({ path: source.path, port, args })
      : createContainerRunner({
          image: source.image,
          port,
          // The same on both sides: the set names its member by its port.
          containerPort: port,
          folder: '/data/db',
          args,
        });
  const command = (asked: Document) => askOnce(port, asked);
  const server = await startReady(runner, () => takesWrites(command, isSet ? port : undefined));
  const options = isSet ? `?replicaSet=${REPLICA_SET}` : '';
  return { ...server, url: `mongodb://127.0.0.1:${port}/${options}`, command };
}

/** Connects to the server at this port, without discovery. */
export function directUrlOf(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

/** The URL of the same server with another database. */
export function withDatabase(url: string, database: string): string {
  const [, server, options = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url)!;
  return `${server}/${database}${options}`;
}

async function takesWrites(
  command: (asked: Document) => Promise<Document>,
  setPort: number | undefined,
): Promise<boolean> {
  const { ismaster } = await command({ isMaster: 1 });
  if (ismaster === true || setPort === undefined) return ismaster === true;
  try {
    await command({ replSetGetStatus: 1 });
  } catch (error) {
    if ((error as { code?: unknown }).code !== NOT_YET_INITIALIZED) throw error;
    const members = [{ _id: 0, host: `127.0.0.1:${setPort}` }];
    await command({ replSetInitiate: { _id: REPLICA_SET, members } });
  }
  return false;
}

async function askOnce(port: number, command: Document): Promise<Document> {
  const client = new MongoClient(directUrlOf(port), { serverSelectionTimeoutMS: ATTEMPT_MS });
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}
