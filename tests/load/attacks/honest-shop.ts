import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { count, type Tally } from './statistics.ts';
import { keyOf } from './target.ts';

const CHILD = fileURLToPath(new URL('./honest-shop.child.ts', import.meta.url));
/** So many good and quick responses in a row mean that the server is itself again. */
const RECENT = 6;
const QUICK_MS = 500;

interface Sample {
  readonly label: string;
  readonly tookMs: number;
}

/** The shop that does nothing wrong, and what it gets. */
export interface HonestShop {
  /** Sells at this server from now on; undefined: rests. */
  sellAt(url: string | undefined): void;
  /** Begins a new measurement. */
  reset(): void;
  readonly latenciesMs: () => readonly number[];
  /** Answers other than success, by label. */
  readonly failures: () => Tally;
  readonly served: () => boolean;
  stop(): Promise<void>;
}

export function startHonestShop(): HonestShop {
  const child = fork(CHILD);
  let samples: Sample[] = [];
  child.on('message', (message) => samples.push(message as Sample));
  const good = ({ label }: Sample) => label.startsWith('2');
  return {
    sellAt: (url) =>
      void child.send({ server: url === undefined ? undefined : { url, key: keyOf('b') } }),
    reset: () => (samples = []),
    latenciesMs: () => samples.map(({ tookMs }) => tookMs),
    failures: () => count(samples.filter((sample) => !good(sample)).map(({ label }) => label)),
    served() {
      const recent = samples.slice(-RECENT);
      return (
        recent.length === RECENT &&
        recent.every((sample) => good(sample) && sample.tookMs < QUICK_MS)
      );
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
