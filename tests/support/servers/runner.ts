import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A cold start beside other work takes a while; a server that needs longer does not come. */
const START_LIMIT_MS = 180_000;
const BETWEEN_ATTEMPTS_MS = 50;

/** A server that belongs to one test: a process or a container, on a port of its own. */
export interface Runner {
  readonly port: number;
  /** Starts it, also again after a kill, over what it kept. It is not yet ready then. */
  start(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Kills it and removes all that it stored. */
  remove(): Promise<void>;
  /** Why it can no longer become ready; undefined while it can. */
  failure(): string | undefined;
}

/** What a server is started with. */
export interface Place {
  /** Where it shall listen. */
  readonly port: number;
  /** An empty folder for what it stores; in a container the image's own. */
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

/** Asks until the server is ready. A question that throws is asked again. */
function untilReady(runner: Runner, isReady: () => Promise<boolean>): Promise<void> {
  return untilTrue(`the server at port ${runner.port} to be ready`, isReady, () => {
    const failure = runner.failure();
    if (failure !== undefined) throw new Error(`expected a server, but ${failure}`);
  });
}

/**
 * Asks until the answer is yes. A question that throws is asked again; `check` may throw to end it.
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

/** What a test holds of a server that it started. */
export interface OwnServer extends Pick<Runner, 'port' | 'freeze' | 'thaw' | 'kill'> {
  /** Starts it again over the same files and port, and waits until it is ready. */
  restart(): Promise<void>;
  /** Kills it and removes its files. */
  stop(): Promise<void>;
}

/** Starts it and waits until it is ready; a server that does not come leaves nothing behind. */
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
