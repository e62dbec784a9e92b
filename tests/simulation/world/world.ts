import { createPrng, fnv1a, type Prng } from './prng.ts';
import { createTaskQueue, type Life, type Task } from './task-queue.ts';

const TRACE_LENGTH = 60;

/** A broken rule, or a world that came to a standstill. */
export class Violation extends Error {
  readonly checker: string;

  constructor(checker: string, message: string) {
    super(message);
    this.name = 'Violation';
    this.checker = checker;
  }
}

export interface World {
  readonly seed: number;
  /** Milliseconds of the world since its beginning. */
  readonly now: number;
  /** The clock on the wall at the beginning, in ms since 1970. */
  readonly startedAt: number;
  readonly steps: number;
  /** Fowler-Noll-Vo of the time and label of every step so far. */
  readonly hash: number;
  readonly rnd: (concern: string) => Prng;
  /** Whose task runs now; what it begins belongs to it as well. */
  readonly current: Life | undefined;
  /** Does something later. Returns what takes it back. */
  at(delayMs: number, label: string, run: () => void, owner?: Life): Task;
  /** Notes a broken rule; the run ends with the step. */
  fail(checker: string, message: string): void;
  readonly failure: Violation | undefined;
  note(label: string): void;
  /** The last lines of what happened. */
  traced(): readonly string[];
  /** Runs the next task whose owner still lives. @returns false when there is none. */
  step(): Promise<boolean>;
}

/** As those who own it see it. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface TraceLine {
  readonly step: number;
  readonly at: number;
  readonly who: string | undefined;
  readonly label: string;
}

function inWords({ step, at, who, label }: TraceLine): string {
  const when = `${String(step).padStart(6)} ${at.toFixed(3).padStart(12)}`;
  return who === undefined ? `${when} ${label}` : `${when} ${who}: ${label}`;
}

export interface WorldOptions {
  readonly seed: number;
  readonly startedAt: number;
  /** Real `setImmediate`: everything that a task has set going is over when it fires. */
  readonly drained: () => Promise<void>;
  readonly onTrace?: (line: string) => void;
}

export function createWorld({ seed, startedAt, drained, onTrace }: WorldOptions): World {
  const root = createPrng(seed);
  const concerns = new Map<string, Prng>();
  const queue = createTaskQueue();
  const trace: TraceLine[] = [];
  let seq = 0;
  let lines = 0;

  function note(label: string): void {
    const line = { step: world.steps, at: world.now, who: world.current?.name, label };
    trace[lines++ % TRACE_LENGTH] = line;
    onTrace?.(inWords(line));
  }

  function next(): Task | undefined {
    for (let task = queue.pop(); task; task = queue.pop()) {
      const { owner } = task;
      if (task.cancelled || (owner && !owner.alive)) continue;
      if (!owner || owner.pausedUntil <= task.at) return task;
      // Taken in their order, they are put back in their order.
      task.at = owner.pausedUntil;
      task.seq = seq++;
      queue.push(task);
    }
    return undefined;
  }

  // Plain fields, which a step reads thousands of times: accessors would be looked up each time.
  const world: Writable<World> = {
    seed,
    startedAt,
    now: 0,
    steps: 0,
    hash: 0x811c9dc5,
    current: undefined,
    failure: undefined,
    traced() {
      const from = lines % TRACE_LENGTH;
      return [...trace.slice(from), ...trace.slice(0, from)].map(inWords);
    },
    rnd(concern) {
      let prng = concerns.get(concern);
      if (!prng) concerns.set(concern, (prng = root.fork(concern)));
      return prng;
    },
    at(delayMs, label, run, owner) {
      const at = world.now + Math.max(0, delayMs);
      const task: Task = {
        at,
        seq: seq++,
        label,
        run,
        owner,
        cancelled: false,
      };
      queue.push(task);
      return task;
    },
    fail(checker, message) {
      world.failure ??= new Violation(checker, message);
    },
    note,
    async step() {
      const task = next();
      if (!task) return false;
      world.now = task.at;
      world.steps += 1;
      const moment = Math.imul(world.hash ^ Math.floor(task.at * 1_000), 0x01000193);
      world.hash = fnv1a(task.label, moment);
      world.current = task.owner;
      note(task.label);
      task.run();
      await drained();
      world.current = undefined;
      return true;
    },
  };
  return world;
}
