import { enabledAt } from '../engine/processes/enabled-at.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Ids } from '../ports/ids.ts';
import type { Logger } from '../ports/logger.ts';

const RETRY_MS = 1_000;

export interface EnablingOptions {
  readonly log: EventLog;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly processes: readonly Pick<ProcessManager, 'name' | 'startAt'>[];
  readonly stopping: AbortSignal;
}

/** See that the log says of every process where it begins. */
export interface Enabling {
  isDone(): boolean;
  /** Resolves after the first try; where that fails, the next ones follow. */
  start(): Promise<void>;
}

/**
 * A process that starts at the head reacts to nothing that was recorded before it was enabled. So
 * no instance may take a request before that, whichever of them runs the process later: what the
 * request began would wait for ever.
 */
export function createEnabling(options: EnablingOptions): Enabling {
  const { log, ids, clock, logger, processes, stopping } = options;
  const names = processes.filter(({ startAt }) => startAt === 'head').map(({ name }) => name);
  let done = false;

  async function tryOnce(): Promise<void> {
    try {
      await Promise.all(names.map((name) => enabledAt(log, ids, name)));
      done = true;
    } catch (error) {
      logger.warn({ error: String(error) }, 'processes are not enabled yet; retrying');
    }
  }

  async function untilDone(): Promise<void> {
    while (!done && !stopping.aborted) {
      await clock.sleep(RETRY_MS, stopping);
      if (!stopping.aborted) await tryOnce();
    }
  }

  return {
    isDone: () => done,
    async start() {
      await tryOnce();
      if (!done) void untilDone();
    },
  };
}
