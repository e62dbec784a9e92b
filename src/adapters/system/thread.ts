import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';

import type { Channel } from '../../ports/channel.ts';

export interface ThreadOptions {
  readonly entry: URL;
  /** Size of the young generation of its heap: short-lived objects cost almost nothing there. */
  readonly youngGenerationMb: number;
  /** Called when it ends without `end`, with an error or not: a bug. */
  readonly onFailure: (error: Error) => void;
}

export interface Thread {
  readonly channel: Channel;
  /** Terminates the worker. Call after it has drained. */
  end(): Promise<void>;
}

/** Runs a module in a new worker thread. */
export function startThread({ entry, youngGenerationMb, onFailure }: ThreadOptions): Thread {
  const worker = new Worker(entry, {
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
  });
  let ending = false;
  worker.on('error', onFailure);
  worker.on('exit', (code) => {
    if (!ending) onFailure(new Error(`the thread ${entry.pathname} ended with ${code}`));
  });
  return {
    channel: {
      post: (message) => {
        worker.postMessage(message);
      },
      onMessage: (listener) => void worker.on('message', listener),
      onClosed: (listener) => void worker.on('exit', listener),
    },
    async end() {
      if (ending) return;
      ending = true;
      await worker.terminate();
    },
  };
}

/** The channel from this worker thread to the thread that started it. */
export function channelToParent(): Channel {
  const port = parentPort;
  if (!port) throw new Error('expected to run in a worker thread');
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => void port.on('message', listener),
    onClosed: (listener) => void once(port, 'close').then(listener),
  };
}
