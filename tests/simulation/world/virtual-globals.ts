import { setMaxListeners } from 'node:events';

import type { Prng } from './prng.ts';
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

/** Node warns of a leak above 10; each read model of a node, and each attempt to send a message, waits
 * for the same signal. */
const MOST_LISTENERS = 1_000;

/** The wall clock of whoever works now: nodes can be wrong about the time. */
export type WallClock = () => number;

interface Installed {
  readonly world: World;
  readonly wall: WallClock;
  readonly chance: Prng;
}

/**
 * The world that lives now. What stands in the language's places is made once and asks for it: V8
 * keeps what was ever put there, and all that it refers to, until it collects the old generation.
 */
let installed: Installed | undefined;

function current(): Installed {
  if (!installed) throw new Error('expected a world that lives');
  return installed;
}

function later(label: string, every: boolean) {
  return (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const { world } = current();
    const timer = new VirtualTimer();
    const owner = world.current;
    const arm = () => {
      timer.task = world.at(ms, label, fire, owner);
    };
    const fire = () => {
      if (every) arm();
      run(...args);
    };
    arm();
    return timer;
  };
}

const atOnce = later('immediate', false);
const clear = (timer: VirtualTimer | undefined) => timer?.close();

class VirtualDate extends real.Date {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [VirtualDate.now()] : args) as []));
  }
  static override now(): number {
    return current().wall();
  }
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

const virtual = {
  setTimeout: later('timeout', false),
  setInterval: later('interval', true),
  setImmediate: (run: () => void, ...args: unknown[]) => atOnce(run, 0, ...args),
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
  Date: VirtualDate,
};

const virtualNow = () => current().world.now;
const virtualRandom = () => current().chance.next();

/**
 * Makes time and chance of this process those of a world, so that code which asks the language
 * and not a port is deterministic as well. Returns what brings the real ones back.
 */
export function installVirtualGlobals(world: World, wall: WallClock): () => void {
  installed = { world, wall, chance: world.rnd('Math.random') };
  Object.assign(globalThis, virtual);
  performance.now = virtualNow;
  Math.random = virtualRandom;
  AbortSignal.any = anySignal;
  return () => {
    const { performanceNow, random, anySignal: any, ...globals } = real;
    Object.assign(globalThis, globals);
    performance.now = performanceNow;
    Math.random = random;
    AbortSignal.any = any;
    installed = undefined;
  };
}
