import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A cold start on a busy machine takes a while; a server that needs longer has failed. */
const START_LIMIT_MS = 180_000;
const BETWEEN_ATTEMPTS_MS = 50;

/** The server of one test: a process or a container, with its own port. */
export interface Runner {
  readonly port: number;
  /** Starts it, also after a kill with its data. It is not ready yet then. */
  start(): Promise<void>;
  /** It keeps its connections open and does not respond. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Sends SIGKILL and waits for the exit. */
  kill(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
  /** Why it cannot become ready any more; undefined while it can. */
  failure(): string | undefined;
}

/** The environment of a server. */
export interface Place {
  /** The port to listen on. */
  readonly port: number;
  /** An empty data folder; in a container that of the image. */
  readonly folder: string;
  /** The address to listen on. */
  readonly host: string;
}

export interface ProcessOptions {
  readonly path: string;
  readonly port: number;
  readonly args: (place: Place) => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export function createProcessRunner({ path, port, args, env }: ProcessOptions): Runner {
  const folder = mkdtempSync(join(tmpdir(), 'tillstream-server-'));
  let child: ChildProcess | undefined;
  let failed: Error | undefined;
  const gone = () => !child || child.exitCode !== null || child.signalCode !== null || !child.pid;

  async function kill(): Promise<void> {
    if (!child || gone()) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  return {
    port,
    async start() {
      failed = undefined;
      child = spawn(path, args({ port, folder, host: '127.0.0.1' }), {
        stdio: 'ignore',
        ...(env && { env }),
      });
      child.on('error', (error) => (failed = error));
    },
    async freeze() {
      child?.kill('SIGSTOP');
    },
    async thaw() {
      child?.kill('SIGCONT');
    },
    kill,
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
    failure: () => failed?.message ?? (gone() ? `it ended with ${child?.exitCode}` : undefined),
  };
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/** Distinct free ports. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, 'close')));
  return ports;
}

/** Polls until the server is ready. A check that throws is repeated. */
function untilReady(runner: Runner, isReady: () => Promise<boolean>): Promise<void> {
  return untilTrue(`the server at port ${runner.port} to be ready`, isReady, () => {
    const failure = runner.failure();
    if (failure !== undefined) throw new Error(`expected a server, but ${failure}`);
  });
}

/**
 * Polls until the result is true. A question that throws is repeated; `check` may throw to stop.
 */
export async function untilTrue(
  what: string,
  ask: () => Promise<boolean>,
  check: () => void = () => undefined,
): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  let last: unknown = 'no answer';
  while (Date.now() < end) {
    check();
    try {
      if (await ask()) return;
    } catch (error) {
      last = error;
    }
    await delay(BETWEEN_ATTEMPTS_MS);
  }
  throw new Error(`expected ${what} within ${START_LIMIT_MS} ms`, { cause: last });
}

/** A started server. */
export interface OwnServer extends Pick<Runner, 'port' | 'freeze' | 'thaw' | 'kill'> {
  /** Restarts it with the same files and port, and waits until it is ready. */
  restart(): Promise<void>;
  /** Kills it and removes its files. */
  stop(): Promise<void>;
}

/** Starts it and waits until it is ready; a server that fails to start is removed. */
export async function startReady(
  runner: Runner,
  isReady: () => Promise<boolean>,
): Promise<OwnServer> {
  const start = async () => {
    await runner.start();
    await untilReady(runner, isReady);
  };
  try {
    await start();
  } catch (error) {
    await runner.remove();
    throw error;
  }
  return {
    port: runner.port,
    freeze: () => runner.freeze(),
    thaw: () => runner.thaw(),
    kill: () => runner.kill(),
    restart: start,
    stop: () => runner.remove(),
  };
}
