import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { shopEntry } from '../../support/shops-file.ts';

const PROBE = new URL('./probe.preload.mjs', import.meta.url).href;
const MAX_HEAP_MB = 256;
const MIB = 1_048_576;
const KIB_PER_MIB = 1_024;
const LOOK_MS = 50;
/** Reports that are looked at to see whether the server is idle: the last second. */
const RECENT_REPORTS = 10;
const IDLE_UTILIZATION = 0.5;
/** An older last report comes from a turn that still goes on. */
const FRESH_MS = 500;
const STOP_MS = 20_000;
/** The last lines of standard error are enough to see why it ended. */
const MAX_COMPLAINTS_LENGTH = 20_000;

/** What the probe sends. Sizes in bytes. */
interface Report {
  readonly turnMs: number;
  readonly ownTurnMs: number;
  readonly heapUsed: number;
  readonly rss: number;
  /** Share of the time in which the event loop was not idle. */
  readonly utilization: number;
  readonly atMs: number;
}

/** The highest figures since the last reset. */
export interface Figures {
  readonly turnMs: number;
  readonly ownTurnMs: number;
  readonly peakRssMb: number;
  readonly peakHeapMb: number;
}

const NONE: Figures = { turnMs: 0, ownTurnMs: 0, peakRssMb: 0, peakHeapMb: 0 };

/** The built server in a process of its own, with a small heap and a probe. */
export interface Target {
  readonly url: string;
  readonly port: number;
  /** Exit code or signal; undefined while it runs. */
  readonly end: () => string | undefined;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Begins a new measurement. */
  reset(): void;
  readonly figures: () => Figures;
  /** Whether its event loop was mostly idle in the last second. */
  readonly idle: () => boolean;
  /** What it wrote to standard error. */
  readonly complaints: () => string;
  /** SIGTERM, after a while SIGKILL. */
  stop(): Promise<void>;
}

export const keyOf = (shop: 'a' | 'b'): string => `attack-key-${shop}`;

/** Writes the file with the two shops into a fresh data folder. */
export function writeShops(dataDir: string): void {
  const shops = (['a', 'b'] as const).map((id) =>
    shopEntry(id, (role) => (role === 'manager' ? keyOf(id) : `${keyOf(id)}-${role}`)),
  );
  writeFileSync(join(dataDir, 'stores.json'), JSON.stringify(shops));
}

/** @param main the built entry, such as `dist/main.js`. */
export async function startTarget(main: string, dataDir: string): Promise<Target> {
  const options = [`--max-old-space-size=${MAX_HEAP_MB}`, '--import', PROBE];
  const child = spawn(process.execPath, [...options, main], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
  });
  const { pid = 0, stdout, stderr } = child;
  let figures = NONE;
  let recent: readonly Report[] = [];
  let end: string | undefined;
  let complaints = '';
  stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-MAX_COMPLAINTS_LENGTH);
  });
  child.on('message', (message) => {
    const report = message as Report;
    const { turnMs, ownTurnMs, heapUsed, rss } = report;
    recent = [...recent.slice(1 - RECENT_REPORTS), report];
    raise({ turnMs, ownTurnMs, peakRssMb: rss / MIB, peakHeapMb: heapUsed / MIB });
  });
  const look = setInterval(() => raise({ peakRssMb: peakRssMb(pid) }), LOOK_MS);
  // The channel is closed after it, so that no report is missed.
  const ended = once(child, 'close').then(([code, signal]) => {
    clearInterval(look);
    end = String(signal ?? `exit ${String(code)}`);
    // The turn in which it ended was never reported.
    const lastMs = recent.at(-1)?.atMs;
    if (lastMs !== undefined) raise({ turnMs: Date.now() - lastMs });
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));

  function raise(seen: Partial<Figures>): void {
    figures = {
      turnMs: Math.max(figures.turnMs, seen.turnMs ?? 0),
      ownTurnMs: Math.max(figures.ownTurnMs, seen.ownTurnMs ?? 0),
      peakRssMb: Math.max(figures.peakRssMb, seen.peakRssMb ?? 0),
      peakHeapMb: Math.max(figures.peakHeapMb, seen.peakHeapMb ?? 0),
    };
  }

  const listens = new Promise<string>((resolve) => {
    if (!stdout) throw new Error('expected the server to have an output');
    createInterface({ input: stdout }).on('line', (line) => {
      const found = /listens at (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
  });
  const failed = ended.then((): never => {
    throw new Error(`expected the server to start, found ${end}: ${complaints}`);
  });
  const url = await Promise.race([listens, failed]);
  failed.catch(() => undefined);
  return {
    url,
    port: Number(new URL(url).port),
    end: () => end,
    ended,
    reset() {
      resetPeakRss(pid);
      figures = NONE;
    },
    figures: () => figures,
    idle: () =>
      recent.length === RECENT_REPORTS &&
      recent.every(({ utilization }) => utilization < IDLE_UTILIZATION) &&
      Date.now() - (recent.at(-1)?.atMs ?? 0) < FRESH_MS,
    complaints: () => complaints,
    async stop() {
      child.kill('SIGTERM');
      const timer = new AbortController();
      const late = pause(STOP_MS, undefined, { signal: timer.signal }).then(kill);
      await ended;
      timer.abort();
      await late.catch(() => undefined);
    },
  };
}

/** The kernel's own peak misses nothing between two looks. Elsewhere than Linux: 0. */
function peakRssMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / KIB_PER_MIB;
  } catch {
    return 0;
  }
}

/** Sets the peak to what is resident now (proc(5), clear_refs). */
function resetPeakRss(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Not on Linux: the reports have the figure instead.
  }
}
