import type { MessagePort } from 'node:worker_threads';

import type { Channel } from '../../src/ports/channel.ts';

/** A channel over one end of a real message port, which copies every message. */
export function channelOver(port: MessagePort): Channel {
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => void port.on('message', listener),
    onClosed: (listener) => void port.on('close', listener),
  };
}
