import { spawn } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import type { Shop } from '../../../src/domain/kernel/shop.ts';
import { STORE_ID } from '../inputs/events.ts';
import { projectFolder } from '../paths.ts';

const READY_TIMEOUT_MS = 1_800_000;
/** Asked often while a start is measured; a build of read models takes minutes and is not disturbed. */
const POLL_MS = 2;
const SLOW_POLL_MS = 500;
const SLOW_AFTER_MS = 5_000;

/** The entry of the product as `npm start` runs it, once it is compiled. */
export const SERVER = join(projectFolder(), 'dist', 'main.js');

/** The product's files within its data folder. */
export const LOG_FILE = 'log.db';
export const DOCUMENTS_FILE = 'documents.db';

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from spawn until it answered as asked. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts a Node process and asks a path of it until that is answered with 200. */
export async function startServer(
  script: readonly string[],
  env: Readonly<Record<string, string>>,
  readyPath: string,
): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, script, {
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ...env },
    // What it says goes to our stderr: stdout is for the table alone.
    stdio: ['ignore', 2, 2],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let exited = false;
  void ended.then(() => {
    exited = true;
  });
  const killOnExit = () => {
    child.kill('SIGKILL');
  };
  process.once('exit', killOnExit);
  while (!(await answers(`${url}${readyPath}`))) {
    if (exited) throw new Error(`${script.join(' ')} ended before it was ready`);
    const waitedMs = performance.now() - spawnedAt;
    if (waitedMs > READY_TIMEOUT_MS) {
      killOnExit();
      throw new Error(`${script.join(' ')} was not ready in ${READY_TIMEOUT_MS} ms`);
    }
    const pauseMs = waitedMs > SLOW_AFTER_MS ? SLOW_POLL_MS : POLL_MS;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return {
    url,
    pid: child.pid ?? Number.NaN,
    readyMs: performance.now() - spawnedAt,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', killOnExit);
    },
  };
}

/**
 * The product over a data folder, with one key for one store. `stores` are the settings of servers
 * that it runs on instead of its embedded stores.
 */
export function startProduct(
  dataFolder: string,
  key: string,
  stores: Readonly<Record<string, string>> = {},
  readyPath = '/health/ready',
): Promise<ServerProcess> {
  return startServer([SERVER], { ...productEnv(dataFolder, key), ...stores }, readyPath);
}

/** Peak resident memory of a process in MB, as the kernel counts it; NaN where there is no /proc. */
export function peakMbOf({ pid }: ServerProcess): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return Number.NaN;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

/** Waits until every read model has seen all that is in the log. */
export async function untilCaughtUp(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/health`);
    const { projections } = (await response.json()) as { projections?: { lagEvents: number } };
    if (projections?.lagEvents === 0) return;
    await new Promise((resolve) => setTimeout(resolve, SLOW_POLL_MS));
  }
}

export function newKey(): string {
  return randomBytes(24).toString('hex');
}

export function whyNoServer(): string | undefined {
  return existsSync(SERVER) ? undefined : 'the product has no dist/main.js to start';
}

function productEnv(dataFolder: string, key: string): Record<string, string> {
  const storesFile = `${dataFolder}-stores.json`;
  writeFileSync(storesFile, JSON.stringify([storeWithKey(key)]));
  return {
    DATA_DIR: dataFolder,
    HOST: '127.0.0.1',
    STORES_FILE: storesFile,
    LOG_LEVEL: 'error',
  };
}

/** The key of an administrator, beside the given one. */
export function adminKey(key: string): string {
  return `${key}-admin`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function storeWithKey(key: string): Shop {
  return {
    id: STORE_ID,
    name: 'Bench',
    currency: 'EUR',
    timezone: 'Europe/Madrid',
    dayStartsAt: '04:00',
    keys: [
      { id: 'bench', sha256: sha256(key), role: 'operator' },
      { id: 'bench-admin', sha256: sha256(adminKey(key)), role: 'admin' },
    ],
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url);
    return status === 200;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
