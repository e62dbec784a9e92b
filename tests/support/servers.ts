import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

/** A cold start beside other work takes a while; a server that needs longer does not come. */
const START_LIMIT_MS = 60_000;
const ATTEMPT_MS = 2_000;
const BETWEEN_ATTEMPTS_MS = 200;

/** Where a suite finds its server, or why it does not. */
export type ServerSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'binary'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string };

export type BinarySource = Exclude<ServerSource, { kind: 'url' }>;

/** By a URL, else a named binary, else one on the PATH. */
export function findServer(urlKey: string, binaryKey: string, command: string): ServerSource {
  const url = process.env[urlKey];
  if (url) return { kind: 'url', url };
  const found = findBinary(binaryKey, command);
  if (found.kind === 'binary') return found;
  return { kind: 'none', reason: `${urlKey} is not set and ${found.reason}` };
}

/** For suites that stop and kill their server: one that is only named by a URL will not do. */
export function findBinary(binaryKey: string, command: string): BinarySource {
  const named = process.env[binaryKey];
  if (named) return { kind: 'binary', path: named };
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, command);
    if (folder !== '' && isExecutable(path)) return { kind: 'binary', path };
  }
  return {
    kind: 'none',
    reason: `no server to start: ${binaryKey} is not set and ${command} is not on the PATH`,
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `describe` where the server is to be had; else one line that says why it is skipped. */
export function describeWith(source: ServerSource, name: string, body: () => void): void {
  if (source.kind !== 'none') {
    describe(name, body);
    return;
  }
  process.stderr.write(`skipped: ${name}: ${source.reason}\n`);
  describe.skip(name, () => {
    it('needs a server', () => undefined);
  });
}

export function findEventStore(): ServerSource {
  return findServer('ESDB_URL', 'EVENTSTORE_BIN', 'eventstored');
}

export function findEventStoreBinary(): BinarySource {
  return findBinary('EVENTSTORE_BIN', 'eventstored');
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return address.port;
}

/** An EventStoreDB server of its own for a test; what it stored goes with `stop`. */
export interface EventStoreServer {
  readonly port: number;
  readonly connectionString: string;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  /** Starts it again over the same files and port, and waits until it takes appends. */
  restart(): Promise<void>;
  /** Kills it and removes its files. */
  stop(): Promise<void>;
}

export interface EventStoreOptions {
  /** Keeps what it stored on disk, so that it is there after a kill. */
  readonly onDisk?: boolean;
}

/** Starts a server on a free loopback port and waits until it takes appends. */
export async function startEventStore(
  binary: string,
  { onDisk = false }: EventStoreOptions = {},
): Promise<EventStoreServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-esdb-'));
  const port = await freePort();
  const replicationPort = await freePort();
  const connectionString = connectionStringOf(port);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = [
      '--insecure',
      '--node-ip=127.0.0.1',
      `--http-port=${port}`,
      `--replication-port=${replicationPort}`,
      '--run-projections=None',
      '--enable-atom-pub-over-http=false',
      `--log=${join(folder, 'log')}`,
      ...(onDisk ? [`--db=${join(folder, 'db')}`] : ['--mem-db']),
    ];
    child = spawn(binary, args, { stdio: 'ignore', env: environmentOfServers() });
    await untilItTakesAppends(port, child);
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  const server: EventStoreServer = {
    port,
    connectionString,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** EventStoreDB takes each EVENTSTORE_ variable for a setting and refuses those it does not know. */
function environmentOfServers(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith('EVENTSTORE_')));
}

export function connectionStringOf(port: number): string {
  return `esdb://127.0.0.1:${port}?tls=false`;
}

/** Alive is not yet ready: the first appends are refused until the node leads itself. */
async function untilItTakesAppends(port: number, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  let last: unknown = 'no answer';
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      const signal = AbortSignal.timeout(ATTEMPT_MS);
      const health = await fetch(`http://127.0.0.1:${port}/health/live`, { signal });
      if (health.ok && (await takesAnAppend(port))) return;
    } catch (error) {
      last = error;
    }
    await delay(BETWEEN_ATTEMPTS_MS);
  }
  throw new Error(`expected the server at port ${port} to take appends`, { cause: last });
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
