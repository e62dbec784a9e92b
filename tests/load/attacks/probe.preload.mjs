// Loaded before the real server (node --import). Every 100 ms it sends its longest turn since the
// last report, and its memory, over IPC. After a longer turn it reports at once. It measures the time
// between two ticks itself: a monitorEventLoopDelay that is reset now and then loses the turn in which
// it is reset, which may be the longest.
import { Buffer } from 'node:buffer';
import { openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setInterval } from 'node:timers';
import { isMainThread } from 'node:worker_threads';

const NS_PER_MS = 1e6;
const TICK_MS = 1;
const REPORT_MS = 100;

/** Milliseconds that the main thread was ready and waited for a core. Elsewhere than Linux: 0. */
function coreWaits() {
  try {
    const file = openSync('/proc/self/schedstat', 'r');
    const bytes = Buffer.alloc(128);
    return () => {
      const length = readSync(file, bytes, 0, bytes.length, 0);
      return Number(bytes.toString('latin1', 0, length).split(' ')[1]) / NS_PER_MS;
    };
  } catch {
    return () => 0;
  }
}

if (isMainThread && process.send) {
  const waitedMs = coreWaits();
  let lastTick = { atMs: performance.now(), waitedMs: waitedMs() };
  let lastReportMs = lastTick.atMs;
  let utilization = performance.eventLoopUtilization();
  let turnMs = 0;
  let ownTurnMs = 0;
  const tick = () => {
    const now = { atMs: performance.now(), waitedMs: waitedMs() };
    // Two ticks are one turn apart: timers run once in each.
    const tookMs = now.atMs - lastTick.atMs - TICK_MS;
    turnMs = Math.max(turnMs, tookMs);
    ownTurnMs = Math.max(ownTurnMs, tookMs - (now.waitedMs - lastTick.waitedMs));
    lastTick = now;
    if (now.atMs - lastReportMs < REPORT_MS || !process.connected) return;
    lastReportMs = now.atMs;
    const { heapUsed, rss } = process.memoryUsage();
    const used = performance.eventLoopUtilization(utilization).utilization;
    utilization = performance.eventLoopUtilization();
    process.send({ turnMs, ownTurnMs, heapUsed, rss, utilization: used, atMs: Date.now() });
    turnMs = 0;
    ownTurnMs = 0;
  };
  setInterval(tick, TICK_MS).unref();
  // A server must not outlive the run that started it.
  process.once('disconnect', () => process.exit(1));
  process.channel.unref();
}
