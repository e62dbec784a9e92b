import type { IntegrationProvider } from '../../domain/integrations/index.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { UsageCommand } from '../../domain/provider-usage/index.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallOutcome } from '../../ports/provider-client.ts';

/** Counts wait as long as this, so that they are few events; with a failure, for one look. */
const COUNT_EVERY_MS = 600_000;
/** Hours of shops and providers whose calls wait to be recorded. Calls of more are not counted. */
const MAX_WAITING = 10_000;
const DAY_LENGTH = 10;
const HOUR_LENGTH = 13;

interface Whose {
  readonly storeId: string;
  readonly provider: IntegrationProvider;
}

interface Tally extends Whose {
  /** `YYYY-MM-DDTHH`, in UTC. */
  readonly hour: string;
  readonly sinceMs: number;
  calls: number;
  reads: number;
  failed: number;
  bytes: number;
  totalMs: number;
  lastSuccessMs?: number;
  lastFailureMs?: number;
}

export interface Counted {
  readonly storeId: string;
  readonly data: UsageCommand['data'];
}

/** What this instance counted and did not record yet, by shop, provider and hour. */
export interface CallTallies {
  add(whose: Whose, call: CallOutcome & { readonly durationMs: number }): void;
  /** Takes what is to be recorded now, or all of it. */
  take(all: boolean): readonly Counted[];
}

export function createCallTallies(clock: Pick<Clock, 'now'>): CallTallies {
  const tallies = new Map<string, Tally>();

  function tallyOf({ storeId, provider }: Whose): Tally | undefined {
    const nowMs = clock.now();
    const hour = formatInstant(nowMs).slice(0, HOUR_LENGTH);
    const name = `${storeId} ${provider} ${hour}`;
    const known = tallies.get(name);
    if (known || tallies.size >= MAX_WAITING) return known;
    const none = { calls: 0, reads: 0, failed: 0, bytes: 0, totalMs: 0 };
    const tally: Tally = { ...{ storeId, provider, hour, sinceMs: nowMs }, ...none };
    tallies.set(name, tally);
    return tally;
  }

  function isDue({ sinceMs, failed, hour }: Tally): boolean {
    const nowMs = clock.now();
    const isOver = !formatInstant(nowMs).startsWith(hour);
    return failed > 0 || isOver || nowMs - sinceMs >= COUNT_EVERY_MS;
  }

  return {
    add(whose, { isRead, isFailed, bytes, durationMs }) {
      const tally = tallyOf(whose);
      if (!tally) return;
      tally.calls += 1;
      tally.bytes += bytes;
      tally.totalMs += durationMs;
      if (isRead) tally.reads += 1;
      if (isFailed) tally.failed += 1;
      tally[isFailed ? 'lastFailureMs' : 'lastSuccessMs'] = clock.now();
    },
    take(all) {
      const due = [...tallies].filter(([, tally]) => all || isDue(tally));
      for (const [name] of due) tallies.delete(name);
      return due.map(([, tally]) => ({ storeId: tally.storeId, data: dataOf(tally) }));
    },
  };
}

function dataOf({ storeId: _store, sinceMs: _since, hour, ...tally }: Tally): Counted['data'] {
  const { lastSuccessMs, lastFailureMs, ...counts } = tally;
  const at = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms));
  return {
    ...counts,
    day: hour.slice(0, DAY_LENGTH),
    hour: Number(hour.slice(DAY_LENGTH + 1)),
    ...omitUndefined({ lastSuccessAt: at(lastSuccessMs), lastFailureAt: at(lastFailureMs) }),
  };
}
