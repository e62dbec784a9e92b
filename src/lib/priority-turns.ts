export type TurnPriority = 'high' | 'medium' | 'low';

/** The priority that each of eight turns serves first; without a caller of it, the most urgent. */
const ORDER: readonly TurnPriority[] = [
  'high',
  'high',
  'medium',
  'high',
  'high',
  'medium',
  'high',
  'low',
];
const URGENCY: readonly TurnPriority[] = ['high', 'medium', 'low'];

/** A semaphore that serves urgent callers first, and still one of low priority in eight. */
export interface PriorityTurns {
  /** Resolves with the function that gives the turn back; calling it again does nothing. */
  acquire(priority: TurnPriority): Promise<() => void>;
  /** How many wait. */
  waiting(): number;
}

export function createPriorityTurns(permits: number): PriorityTurns {
  const waiting: Record<TurnPriority, (() => void)[]> = { high: [], medium: [], low: [] };
  let free = permits;
  let turn = 0;

  function next(): (() => void) | undefined {
    const preferred = ORDER[turn % ORDER.length] ?? 'high';
    for (const priority of [preferred, ...URGENCY]) {
      const found = waiting[priority].shift();
      if (!found) continue;
      turn += 1;
      return found;
    }
    return undefined;
  }

  function createRelease(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const following = next();
      if (following) following();
      else free += 1;
    };
  }

  return {
    waiting: () => URGENCY.reduce((sum, priority) => sum + waiting[priority].length, 0),
    acquire(priority) {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(createRelease());
      }
      return new Promise((resolve) => {
        waiting[priority].push(() => resolve(createRelease()));
      });
    },
  };
}
