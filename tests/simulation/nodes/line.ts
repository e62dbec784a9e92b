import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';

/** What becomes of one call. `late`: its caller is told that it failed before it is carried out. */
export type Fate = 'ok' | 'request-lost' | 'answer-lost' | 'late';

/** How long a caller waits for an answer that does not come. */
const TIMEOUT_MS = 400;
const MOST_LATE_MS = 4_000;
/** Longest usual time of a write to a disk. */
const DISK_MS = 3;

/** The way from one life of a node to what lies outside of it. */
export interface Line {
  /** Carries out a call there and brings its answer here, each at a time of its own. */
  call<T>(label: string, operation: () => Promise<T>, fate?: Fate): Promise<T>;
  /** A call that changes nothing, so that only the time of its answer matters. */
  ask<T>(label: string, operation: () => Promise<T>): Promise<T>;
}

/** The answer did not come: nobody here knows whether the call was carried out. */
export class LostError extends Error {}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** A network: two ways per call. What was sent is carried out also when its sender has died. */
export function createNetwork({ world, weather }: Conditions, life: Life): Line {
  const rnd = world.rnd('network');
  const way = () => rnd.next() * weather.latencyMs;

  return {
    ask: (label, operation) =>
      new Promise((resolve, reject) => {
        world.at(way() + way(), label, () => void operation().then(resolve, reject), life);
      }),
    call: (label, operation, fate = 'ok') =>
      new Promise((resolve, reject) => {
        const lose = () => {
          world.at(TIMEOUT_MS, `${label} times out`, () => reject(new LostError(label)), life);
        };
        const answer = (tell: () => void) => world.at(way(), `${label} answers`, tell, life);
        if (fate !== 'ok') lose();
        if (fate === 'request-lost') return;
        const delay = fate === 'late' ? rnd.next() * MOST_LATE_MS : way();
        world.at(delay, label, () => {
          operation().then(
            (value) => fate === 'ok' && answer(() => resolve(value)),
            (error: unknown) => fate === 'ok' && answer(() => reject(asError(error))),
          );
        });
      }),
  };
}

/**
 * Stores in the same process: what is asked is there at once, and a write takes the time of a disk.
 * Its process may die before it, or after it and before anybody was told.
 */
export function createLocalLine({ world }: Conditions, life: Life): Line {
  const rnd = world.rnd('disk');
  const moment = (label: string) =>
    new Promise<void>((resolve) => world.at(rnd.next() * DISK_MS, label, resolve, life));

  return {
    ask: (_label, operation) => operation(),
    async call(label, operation, fate = 'ok') {
      if (fate === 'ok') {
        await moment(label);
        const value = await operation();
        await moment(`${label} is done`);
        return value;
      }
      if (fate === 'answer-lost') await operation();
      if (fate === 'late') world.at(TIMEOUT_MS / 2, label, () => void operation());
      await new Promise<void>((resolve) => world.at(1, `${label} fails`, resolve, life));
      throw new LostError(label);
    },
  };
}
