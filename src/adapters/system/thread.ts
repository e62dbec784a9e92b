import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';

import type { Channel } from '../../ports/channel.ts';

export interface ThreadOptions {
  readonly entry: URL;
  /** The nursery of its heap: short-lived objects that die there cost next to nothing. */
  readonly youngGenerationMb: number;
  /** It died of an error, or ended unasked: a bug. */
  readonly onFailure: (error: Error) => void;
}

export interface Thread {
  readonly channel: Channel;
  /** Ends it where it is; to be called once it has come to rest. */
  end(): Promise<void>;
}

/** Runs a module in a thread of its own. */
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

/** The channel of this thread to the one that started it. */
export function channelToParent(): Channel {
  const port = parentPort;
  if (!port) throw new Error('expected to run in a thread of its own');
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => void port.on('message', listener),
    onClosed: (listener) => void once(port, 'close').then(listener),
  };
}
