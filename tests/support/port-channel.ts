import type { MessagePort } from 'node:worker_threads';

import type { Channel } from '../../src/ports/channel.ts';

/** One end of a real message port, where everything that passes is copied. */
export function channelOver(port: MessagePort): Channel {
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => void port.on('message', listener),
    onClosed: (listener) => void port.on('close', listener),
  };
}
