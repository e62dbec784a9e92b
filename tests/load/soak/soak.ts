import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { type ApiClient, createApiClient } from '../../../src/cli/api-client.ts';
import { keyOf } from '../../support/server-process.ts';
import type { Sample } from './metrics.ts';
import { type ProbedServer, startProbedServer } from './probed-server.ts';
import { createTill, type Till } from './shop-load.ts';

const MIB = 1_048_576;
const NS_PER_MS = 1e6;
/** The same as in the probe. */
const DELAY_RESOLUTION_MS = 5;
const TILLS = 4;
const FILLING = 32;
/**
 * Compiled code and pages of the files settle first, and the connections of the filling are closed
 * when they have been idle for half a minute: all that is no trend.
 */
const SETTLE_MS = 40_000;

export interface SoakOptions {
  readonly minutes: number;
  /** Things that the tills do in a second, together; each is one to four requests. */
  readonly actionsPerSecond: number;
  /** Orders that are placed and paid before, so that what keeps orders at hand is full. */
  readonly fill: number;
  readonly sampleEveryMs: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  readonly requests: number;
  readonly exitCode: number | null;
  /** What the server wrote to standard error: nothing, when all is well. */
  readonly complaints: string;
}

/** Keeps a real server busy with a modest load and looks at it every few seconds. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, fill, tell } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-soak-'));
  const server = await startProbedServer(dataDir);
  try {
    const api = createApiClient(server.url, keyOf(dataDir, 'manager'));
    const operator = createApiClient(server.url, keyOf(dataDir, 'operator'));
    const tills = Array.from({ length: TILLS }, (_, i) => createTill(api, `till-${i}`, seed));
    tell(`selling ${fill} orders, so that the caches are full`);
    const before = await fillUp(api, fill, seed);
    await work(tills, options.actionsPerSecond, SETTLE_MS);
    tell(`looking every ${options.sampleEveryMs / 1_000} s for ${options.minutes} minutes`);
    const samples = await observe(server, operator, tills, options);
    const requests = before + tills.reduce((sum, till) => sum + till.requests, 0);
    const exitCode = await server.stop();
    return { samples, requests, exitCode, complaints: server.complaints() };
  } catch (cause) {
    throw new Error(`the load ended early; the server said: ${server.complaints()}`, { cause });
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The same mix at full speed: what was kept of another mix would be replaced by larger things. */
async function fillUp(api: ApiClient, orders: number, seed: number): Promise<number> {
  const fillers = Array.from({ length: FILLING }, (_, i) => createTill(api, `fill-${i}`, seed));
  const soFar = () => fillers.reduce((sum, till) => sum + till.orders, 0);
  const actOn = async (till: Till) => {
    while (soFar() < orders) await till.act();
  };
  await Promise.all(fillers.map(actOn));
  return fillers.reduce((sum, { requests }) => sum + requests, 0);
}

/** Each till begins its next thing at its own beat, or at once when it is late. */
async function work(tills: readonly Till[], actionsPerSecond: number, forMs: number) {
  const beatMs = (1_000 * tills.length) / actionsPerSecond;
  const startedMs = performance.now();
  await Promise.all(
    tills.map(async (till, i) => {
      let dueMs = startedMs + (beatMs * i) / tills.length;
      while (dueMs < startedMs + forMs) {
        await pause(Math.max(0, dueMs - performance.now()));
        await till.act();
        dueMs = Math.max(dueMs + beatMs, performance.now());
      }
    }),
  );
}

async function observe(
  server: ProbedServer,
  operator: ApiClient,
  tills: readonly Till[],
  { minutes, actionsPerSecond, sampleEveryMs, tell }: SoakOptions,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const ownDelay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  ownDelay.enable();
  const startedMs = performance.now();
  const forMs = minutes * 60_000;
  while (performance.now() - startedMs < forMs) {
    await work(tills, actionsPerSecond, sampleEveryMs);
    const ownDelayMs = ownDelay.mean / NS_PER_MS;
    samples.push(await look(server, operator, performance.now() - startedMs, ownDelayMs));
    ownDelay.reset();
    const { atMs, values } = samples.at(-1) as Sample;
    const told = Object.entries(values).map(([name, value]) => `${name} ${value.toFixed(1)}`);
    tell(`${(atMs / 60_000).toFixed(1)} min: ${told.join(', ')}`);
  }
  return samples;
}

async function look(
  server: ProbedServer,
  operator: ApiClient,
  atMs: number,
  ownDelayMs: number,
): Promise<Sample> {
  const { status, body } = await operator.get('/health/detailed');
  if (status !== 200) throw new Error(`expected the details of health, found ${status}`);
  const projections = body['projections'] as readonly { readonly lagEvents: number }[];
  const probe = await server.probe();
  return {
    atMs,
    values: {
      mainHeap: probe.mainHeap / MIB,
      projectionHeap: probe.projectionHeap / MIB,
      resident: probe.resident / MIB,
      handles: probe.handles,
      openFiles: probe.openFiles,
      loopDelay: probe.loopDelayMs - ownDelayMs,
      lag: Math.max(...projections.map(({ lagEvents }) => lagEvents)),
    },
  };
}
