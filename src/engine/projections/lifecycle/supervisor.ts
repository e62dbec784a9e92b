import type { Logger } from '../../../ports/logger.ts';
import type { Generation } from '../folding/generation.ts';
import { createSemaphore } from '../../../lib/semaphore.ts';

/** The runners of all members, and whatever else goes on beside them. */
export interface Supervisor {
  /** Runs a task to its end, and tells when it fails. */
  supervise(task: Promise<void>): void;
  /** Runs a member, after its turn has come when it has to wait for one. */
  begin(member: Generation, inTurn: boolean): void;
  /** It needs no turn any more: it has caught up, or cannot go on. */
  endTurn(member: Generation): void;
  /** It was begun, and its turn has not come yet. */
  isWaiting(member: Generation): boolean;
  /** Resolves when the member's runner has ended, or right away when it has not begun. */
  ended(member: Generation): Promise<void>;
  /** Resolves when nothing runs any more. */
  allEnded(): Promise<void>;
}

export interface SupervisorOptions {
  readonly run: (member: Generation) => Promise<void>;
  readonly atOnce: number;
  readonly logger: Logger;
}

export function createSupervisor({ run, atOnce, logger }: SupervisorOptions): Supervisor {
  const turns = createSemaphore(atOnce);
  const running = new Set<Promise<void>>();
  const runs = new WeakMap<Generation, Promise<void>>();
  const waiting = new WeakSet<Generation>();
  const turnEnds = new WeakMap<Generation, () => void>();

  function supervise(task: Promise<void>): void {
    const watched = task
      .catch((error: unknown) => {
        logger.error({ error: String(error) }, 'a projection stopped');
      })
      .finally(() => running.delete(watched));
    running.add(watched);
  }

  function endTurn(member: Generation): void {
    turnEnds.get(member)?.();
  }

  async function inItsTurn(member: Generation): Promise<void> {
    waiting.add(member);
    turnEnds.set(member, await turns.acquire());
    waiting.delete(member);
    try {
      await start(member);
    } finally {
      endTurn(member);
    }
  }

  function start(member: Generation): Promise<void> {
    const task = run(member);
    runs.set(member, task);
    return task;
  }

  return {
    supervise,
    endTurn,
    begin(member, inTurn) {
      supervise(inTurn ? inItsTurn(member) : start(member));
    },
    isWaiting: (member) => waiting.has(member),
    // However it ended: that is told by whoever supervises it.
    ended: async (member) => {
      await runs.get(member)?.catch(() => undefined);
    },
    async allEnded() {
      while (running.size > 0) await Promise.all([...running]);
    },
  };
}
