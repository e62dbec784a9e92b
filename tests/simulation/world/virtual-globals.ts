import { setMaxListeners } from 'node:events';

import type { Task } from './task-queue.ts';
import type { World } from './world.ts';

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
  performanceNow: performance.now.bind(performance),
  random: Math.random,
  anySignal: AbortSignal.any.bind(AbortSignal),
};

/** Node tells of a rejected promise that nobody handles only when its own loop has a turn. */
const TURN_EVERY = 64;
let drains = 0;

/**
 * All promises that could settle have settled, whatever they set going in turn: Node empties its
 * queue of promises before it runs the next tick.
 */
export function drained(): Promise<void> {
  if (++drains % TURN_EVERY === 0) return turned();
  return new Promise((resolve) => process.nextTick(resolve));
}

/** As `drained`, and the process had a turn of its own loop. */
export function turned(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(resolve));
}

/** A handle as Node's timers have it; nothing keeps a world alive. */
class VirtualTimer {
  task: Task | undefined;
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return false;
  }
  close(): void {
    if (this.task) this.task.cancelled = true;
  }
}

/** Node warns of a leak above 10; each read model of a node waits for the same signal. */
const MOST_LISTENERS = 50;

/** The wall clock of whoever works now: nodes can be wrong about the time. */
export type WallClock = () => number;

function installTimers(world: World): void {
  const timeout = (label: string, every: boolean) =>
    ((run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const timer = new VirtualTimer();
      const owner = world.current;
      const arm = () => {
        timer.task = world.at(
          ms,
          label,
          () => {
            if (every) arm();
            run(...args);
          },
          owner,
        );
      };
      arm();
      return timer;
    }) as unknown;
  const clear = (timer: VirtualTimer | undefined) => timer?.close();
  Object.assign(globalThis, {
    setTimeout: timeout('timeout', false),
    setInterval: timeout('interval', true),
    setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) => {
      const timer = new VirtualTimer();
      timer.task = world.at(0, 'immediate', () => run(...args), world.current);
      return timer;
    },
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  });
}

function virtualDate(wall: WallClock): DateConstructor {
  const Base = real.Date;
  class VirtualDate extends Base {
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [wall()] : args) as []));
    }
    static override now(): number {
      return wall();
    }
  }
  return VirtualDate as unknown as DateConstructor;
}

/**
 * As the original, which keeps what listens to a signal that nobody aborts, and so every world, for
 * as long as the process lives.
 */
function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(MOST_LISTENERS, ...signals, controller.signal);
  const abort = (by: AbortSignal) => {
    for (const [signal, listener] of listeners) signal.removeEventListener('abort', listener);
    controller.abort(by.reason);
  };
  const listeners = signals.map((signal) => [signal, () => abort(signal)] as const);
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted) controller.abort(aborted.reason);
  else for (const [signal, listener] of listeners) signal.addEventListener('abort', listener);
  return controller.signal;
}

/**
 * Makes time and chance of this process those of a world, so that code which asks the language
 * and not a port is deterministic as well. Returns what brings the real ones back.
 */
export function installVirtualGlobals(world: World, wall: WallClock): () => void {
  installTimers(world);
  globalThis.Date = virtualDate(wall);
  performance.now = () => world.now;
  const chance = world.rnd('Math.random');
  Math.random = () => chance.next();
  AbortSignal.any = anySignal;
  return () => {
    const { performanceNow, random, anySignal: any, ...globals } = real;
    Object.assign(globalThis, globals);
    performance.now = performanceNow;
    Math.random = random;
    AbortSignal.any = any;
  };
}
