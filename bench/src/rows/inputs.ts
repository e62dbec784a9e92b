import { runOnce } from '../harness/child.ts';
import { EVENTS_PER_ORDER } from '../inputs/events.ts';
import type { RowContext } from './row.ts';

export interface InputLog {
  readonly events: number;
  /** Events of each stream; default those of a whole order. */
  readonly perOrder?: number;
  /** Days over which they were recorded; default one moment. */
  readonly days?: number;
}

/** A generated log, made at its first use and shared by the rows of one run. */
export function inputLog(
  { input, progress }: RowContext,
  row: string,
  { events, perOrder = EVENTS_PER_ORDER, days = 0 }: InputLog,
): Promise<string> {
  const kind = perOrder === EVENTS_PER_ORDER ? '' : `-${perOrder}-each`;
  const over = days === 0 ? '' : `-${days}-days`;
  return input(`log-${events}${kind}${over}.db`, async (path) => {
    progress(`${row}: writing a log of ${events} events`);
    await runOnce('generate/log', { path, events, perOrder, days });
  });
}
