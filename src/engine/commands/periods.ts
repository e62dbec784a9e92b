import { ConflictError, DomainError } from '../../domain/kernel/errors.ts';
import type { PeriodStatus } from '../../domain/kernel/period-status.ts';

/**
 * Closed periods before the newest one in which a command may have been handled. A full period is
 * thousands of events, so a command this old is no repeat any more.
 */
export const PERIODS_BEFORE = 1;

/**
 * The newest period of an entity, found in a number of loads that grows with the logarithm of the
 * periods. All before it are closed; it may be closed as well, until the next one is opened.
 */
export async function newestPeriod<S extends { readonly status: PeriodStatus }>(
  load: (period: number) => Promise<S>,
): Promise<{ readonly period: number; readonly state: S }> {
  const read = async (period: number) => ({ period, state: await load(period) });
  let newest = await read(1);
  if (newest.state.status !== 'closed') return newest;
  let missing = 2;
  for (;;) {
    const found = await read(missing);
    if (found.state.status === 'none') break;
    if (found.state.status === 'open') return found;
    newest = found;
    missing *= 2;
  }
  while (missing - newest.period > 1) {
    const found = await read(Math.floor((newest.period + missing) / 2));
    if (found.state.status === 'open') return found;
    if (found.state.status === 'none') missing = found.period;
    else newest = found;
  }
  return newest;
}

/** How the commands of an entity that is cut into periods are executed. */
export interface Periods<R> {
  /** Executes the command in one period, whose decider refuses it with `nextPeriod` if closed. */
  readonly execute: (period: number) => Promise<R>;
  /** The newest period, opened if the one before it is closed. */
  readonly openNewest: () => Promise<number>;
  /** Closes a period and opens the next one, unless that has been done. */
  readonly close: (period: number) => Promise<void>;
  /** Events after which a period is closed. */
  readonly periodEvents: number;
}

/**
 * Executes a command in the period that is open. The first period, the newest and the one before it
 * are asked: a command that one of them has handled gets its stored result. The cost hardly grows
 * with the number of periods.
 */
export async function executeInPeriods<R extends { readonly revision: number }>({
  execute,
  openNewest,
  close,
  periodEvents,
}: Periods<R>): Promise<R> {
  for (let period = 1, newest = 1; ;) {
    try {
      const result = await execute(period);
      if (result.revision >= periodEvents) await close(period);
      return result;
    } catch (error) {
      if (isFull(error)) await close(period);
      else if (!isClosed(error) && !isOtherRevision(error)) throw error;
      if (period >= newest) newest = await openNewest();
      // The revision is that of the period that is open.
      if (period >= newest) throw error;
      period = Math.max(period + 1, newest - PERIODS_BEFORE);
    }
  }
}

/** Whether a period refused a command because it is closed. */
export function isClosed(error: unknown): boolean {
  return error instanceof ConflictError && error.details['nextPeriod'] !== undefined;
}

const isFull = (error: unknown) => error instanceof ConflictError && error.code === 'stream_full';

const isOtherRevision = (error: unknown) =>
  error instanceof DomainError && error.code === 'precondition_failed';
