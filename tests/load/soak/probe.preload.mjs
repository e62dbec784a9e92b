// Loaded before the real server (node --expose-gc --import), into each of its threads. It answers
// the soak over IPC with what only the process itself can know; it does nothing on its own.
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const MS = 1e6;
const threads = new BroadcastChannel('soak');

/** What is still reachable: garbage says nothing about a leak. */
function heapBytes() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function openFiles() {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // Other systems have no such folder: the same number every time is a flat line.
    return 0;
  }
}

if (isMainThread && process.send) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let waiting;
  threads.onmessage = ({ data }) => {
    if (data.heap !== undefined) waiting?.(data.heap);
  };
  process.on('message', async (message) => {
    if (message !== 'sample') return;
    const loopDelayMs = delay.mean / MS;
    const handles = process.getActiveResourcesInfo().length;
    const other = new Promise((resolve) => (waiting = resolve));
    threads.postMessage({ ask: true });
    const projectionHeap = await other;
    const mainHeap = heapBytes();
    const resident = process.memoryUsage.rss();
    delay.reset();
    const files = openFiles();
    process.send({ mainHeap, projectionHeap, resident, handles, openFiles: files, loopDelayMs });
  });
  process.channel.unref();
} else if (threadId > 0) {
  threads.onmessage = ({ data }) => {
    if (data.ask) threads.postMessage({ heap: heapBytes() });
  };
}
// After the listeners, which would keep the threads alive.
threads.unref();
