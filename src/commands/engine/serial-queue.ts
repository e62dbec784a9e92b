import { ConflictError } from '../../domain/kernel/errors.ts';

/** Commands that may wait for one stream; one more is refused. */
const MAX_WAITING = 1_000;

/**
 * Runs the tasks of one key one after the other. Two commands of this process on one stream would
 * only meet as a conflict in the log; in line they do not have to.
 */
export function createSerialQueue(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const lines = new Map<string, { tail: Promise<unknown>; waiting: number }>();
  return async (key, task) => {
    const line = lines.get(key);
    if (line && line.waiting >= MAX_WAITING) {
      throw new ConflictError('contention', `${MAX_WAITING} commands wait for ${key} already`);
    }
    const mine = { tail: Promise.resolve() as Promise<unknown>, waiting: (line?.waiting ?? 0) + 1 };
    const run = line ? line.tail.then(task, task) : task();
    mine.tail = run.catch(() => undefined);
    lines.set(key, mine);
    try {
      return await run;
    } finally {
      const now = lines.get(key);
      if (now === mine) lines.delete(key);
      else if (now) now.waiting -= 1;
    }
  };
}
