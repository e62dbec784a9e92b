import type { Logger } from '../../../ports/logger.ts';
import type { Member } from '../folding/generation.ts';
import { createTurns } from '../../../lib/semaphore.ts';

/** The runners of all members, and whatever else goes on beside them. */
export interface MemberRuns {
  /** Runs a task to its end, and tells when it fails. */
  supervise(task: Promise<void>): void;
  /** Runs a member, after its turn has come when it has to wait for one. */
  begin(member: Member, inTurn: boolean): void;
  /** It needs no turn any more: it has caught up, or cannot go on. */
  endTurn(member: Member): void;
  /** It was begun, and its turn has not come yet. */
  isWaiting(member: Member): boolean;
  /** Resolves when the member's runner has ended, or right away when it has not begun. */
  ended(member: Member): Promise<void>;
  /** Resolves when nothing runs any more. */
  allEnded(): Promise<void>;
}

export interface MemberRunsOptions {
  readonly run: (member: Member) => Promise<void>;
  readonly atOnce: number;
  readonly logger: Logger;
}

export function createMemberRuns({ run, atOnce, logger }: MemberRunsOptions): MemberRuns {
  const turns = createTurns(atOnce);
  const running = new Set<Promise<void>>();
  const runs = new WeakMap<Member, Promise<void>>();
  const waiting = new WeakSet<Member>();
  const turnEnds = new WeakMap<Member, () => void>();

  function supervise(task: Promise<void>): void {
    const watched = task
      .catch((error: unknown) => {
        logger.error({ error: String(error) }, 'a projection stopped');
      })
      .finally(() => running.delete(watched));
    running.add(watched);
  }

  function endTurn(member: Member): void {
    turnEnds.get(member)?.();
  }

  async function inItsTurn(member: Member): Promise<void> {
    waiting.add(member);
    turnEnds.set(member, await turns.take());
    waiting.delete(member);
    try {
      await start(member);
    } finally {
      endTurn(member);
    }
  }

  function start(member: Member): Promise<void> {
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
