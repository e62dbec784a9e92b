import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions } from '../../../domain/kernel/position.ts';
import type { EngineContext } from '../context.ts';
import type { Batches } from './batches.ts';
import type { Continuity } from './continuity.ts';
import type { FeedState } from './feed-state.ts';
import type { RepairGap } from './gap-repair.ts';

/** Takes what a subscription delivers. Call each function while holding the write lock. */
export interface Delivery {
  /** Applies the events in order; finds those that were dropped, repeated or delivered late. */
  take(events: readonly RecordedEvent[]): Promise<void>;
  /**
   * Finds events between the checkpoint and `reached` that were dropped, where no later event of
   * their stream came that would have shown it.
   */
  takeDropped(categories: readonly string[], signal: AbortSignal): Promise<void>;
}

export function createDelivery(
  { log, limits }: EngineContext,
  state: FeedState,
  continuity: Continuity,
  { apply }: Batches,
  repairGap: RepairGap,
): Delivery {
  const isLate = ({ position }: RecordedEvent) => comparePositions(position, state.reached) <= 0;

  /** Redelivered events. One we never applied was dropped at its first delivery. */
  async function takeLate(events: readonly RecordedEvent[]): Promise<void> {
    const late: RecordedEvent[] = [];
    for (const event of events) {
      const verdict = await continuity.judge(event);
      if (verdict.verdict === 'skip') continue;
      if (verdict.verdict === 'gap') late.push(...(await continuity.missing(event, verdict.from)));
      late.push(event);
      continuity.markDelivered(event);
    }
    const first = late[0];
    if (!first) return;
    const detail = `revision ${first.revision} and ${late.length - 1} more were delivered late`;
    await repairGap(first.stream, detail, late);
  }

  return {
    async take(events) {
      await continuity.prepare(events, state.reached);
      await takeLate(events.filter(isLate));
      let accepted: RecordedEvent[] = [];
      for (const event of events.filter((each) => !isLate(each))) {
        const verdict = await continuity.judge(event);
        if (verdict.verdict === 'skip') continue;
        if (verdict.verdict === 'gap') {
          const before = accepted.at(-1);
          if (before) await apply(accepted, before);
          const missing = await continuity.missing(event, verdict.from);
          const detail = `revisions ${verdict.from} to ${event.revision - 1} were not delivered`;
          await repairGap(event.stream, detail, missing.filter(isLate));
          accepted = missing.filter((each) => !isLate(each));
        }
        accepted.push(event);
        continuity.markDelivered(event);
      }
      const last = accepted.at(-1);
      if (last) await apply(accepted, last);
      const end = events.at(-1);
      if (end) state.moveTo(end.position);
    },
    async takeDropped(categories, signal) {
      if (!state.checkpoint) return;
      const { position: after } = state.checkpoint;
      const page = await log.readAll({ after, limit: limits.feedBatch, categories });
      const dropped = page.events.filter(isLate);
      const last = dropped.at(-1);
      if (!last || signal.aborted) return;
      await continuity.prepare(dropped, state.reached);
      await takeLate(dropped);
      await apply([], last);
    },
  };
}
