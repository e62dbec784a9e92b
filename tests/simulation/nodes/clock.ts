import { setMaxListeners } from 'node:events';

import type { Clock } from '../../../src/ports/clock.ts';
import type { Ids } from '../../../src/ports/ids.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { Life } from '../world/task-queue.ts';
import type { World } from '../world/world.ts';

/** What a node's clock on the wall is wrong by. */
export interface WallError {
  offsetMs: number;
  /** The time at which it stands still, when it does. */
  stillAt: number | undefined;
}

export function wallOf(world: World, wrong: WallError): number {
  if (wrong.stillAt !== undefined) return wrong.stillAt;
  return Math.floor(world.startedAt + world.now + wrong.offsetMs);
}

/** A clock that may be wrong about the time of day, never about how long something takes. */
export function createNodeClock(world: World, life: Life, wrong: WallError): Clock {
  return {
    now: () => wallOf(world, wrong),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        const wake = () => {
          task.cancelled = true;
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const task = world.at(ms, 'sleep', wake, life);
        // As the system's clock does: much sleeps until the same instance stops.
        if (signal instanceof AbortSignal) setMaxListeners(0, signal);
        signal?.addEventListener('abort', wake);
      }),
  };
}

export function createNodeIds(world: World): Ids {
  const rnd = world.rnd('ids');
  return { uuid: () => rnd.uuid(), random: () => rnd.next() };
}

/** What must not be: a line at level error tells of a bug. */
export function createNodeLogger(onError: (line: string) => void, tell?: (line: string) => void) {
  const quiet = () => undefined;
  const say = (level: string) => (fields: object, message: string) =>
    tell?.(`  ${level} ${message} ${JSON.stringify(fields, plain)}`);
  const error: Logger['error'] = (fields, message) => {
    const line = `${message} ${JSON.stringify(fields, plain)}`;
    tell?.(`  error ${line}`);
    onError(line);
  };
  const logger: Logger = tell
    ? { debug: quiet, info: say('info'), warn: say('warn'), error }
    : { debug: quiet, info: quiet, warn: quiet, error };
  return logger;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
