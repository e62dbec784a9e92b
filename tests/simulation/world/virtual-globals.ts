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
};

/** All promises that could settle have settled, whatever they set going in turn. */
export function drained(): Promise<void> {
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
 * Makes time and chance of this process those of a world, so that code which asks the language
 * and not a port is deterministic as well. Returns what brings the real ones back.
 */
export function installVirtualGlobals(world: World, wall: WallClock): () => void {
  installTimers(world);
  globalThis.Date = virtualDate(wall);
  performance.now = () => world.now;
  const chance = world.rnd('Math.random');
  Math.random = () => chance.next();
  return () => {
    const { performanceNow, random, ...globals } = real;
    Object.assign(globalThis, globals);
    performance.now = performanceNow;
    Math.random = random;
  };
}
