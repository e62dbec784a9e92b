import { Redis } from 'ioredis';

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

export const REDIS_IMAGE = 'redis:7.2.5-bookworm';

/** For suites that share a server and use separate keys. */
export function findRedis(): ServerSource | ContainerSource {
  return preferContainer(findServer('REDIS_URL', 'REDIS_SERVER_BIN', 'redis-server'), REDIS_IMAGE);
}

/** For suites that freeze and kill their server. */
export function findOwnRedis(): Exclude<ServerSource, { kind: 'url' }> | ContainerSource {
  return preferContainer(findBinary('REDIS_SERVER_BIN', 'redis-server'), REDIS_IMAGE);
}

/** A Redis server for one test, without persistence. */
export interface RedisServer extends OwnServer {
  readonly url: string;
  /** Sends a command over a separate connection, as an operator would. */
  command(name: string, ...args: readonly string[]): Promise<unknown>;
}

/** Starts a server on a free loopback port and waits until it responds. */
export async function startRedis(
  source: Startable,
  settings: readonly string[] = [],
): Promise<RedisServer> {
  const port = await freePort();
  const args = ({ port: at, folder, host }: Place) => [
    ...['--port', `${at}`, '--bind', host, '--dir', folder],
    ...['--save', '', '--appendonly', 'no', '--protected-mode', 'no'],
    ...settings,
  ];
  const runner =
    source.kind === 'binary'
      ? createProcessRunner({ path: source.path, port, args })
      : createContainerRunner({
          image: source.image,
          port,
          containerPort: 6379,
          folder: '/data',
          args: (place) => ['redis-server', ...args(place)],
        });
  const command = (name: string, ...rest: readonly string[]) => askOnce(port, name, rest);
  const server = await startReady(runner, async () => (await command('PING')) === 'PONG');
  return { ...server, url: `redis://127.0.0.1:${port}`, command };
}

async function askOnce(port: number, name: string, args: readonly string[]): Promise<unknown> {
  const once = { lazyConnect: true, retryStrategy: () => null, disconnectTimeout: 50 };
  const redis = new Redis({ port, ...once });
  // The command rejects as well.
  redis.on('error', () => undefined);
  try {
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}
