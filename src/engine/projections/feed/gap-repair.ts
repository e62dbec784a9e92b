import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, type Position, START } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import type { EngineContext } from '../context.ts';
import { CheckpointMovedError, reportCheckpointConflict } from '../folding/checkpoint-conflict.ts';
import { PoisonEventError } from '../folding/fold.ts';
import type { Generation } from '../folding/generation.ts';
import { foldKey } from '../folding/refold.ts';
import { restoreDocuments } from '../folding/restore.ts';

const KIND = 'dropped-events';

export interface GapRepairOptions {
  /** Every generation, also those that are no members of the feed now. */
  readonly allGenerations: () => readonly Generation[];
  /** How far the feed has come. */
  readonly reached: () => Position;
  readonly leave: (generation: Generation) => void;
  /** A late event is poison to this generation, whose documents are past it already. */
  readonly onUnrepairable: (generation: Generation) => void;
}

/**
 * Repairs the documents that late events touch, in every generation, and records what was found
 * and done. `key` and `detail` are for the record. Call while holding the write lock.
 */
export type RepairGap = (
  key: string,
  detail: string,
  late: readonly RecordedEvent[],
) => Promise<void>;

/** Late events belong before what the feed has reached, so what they touch is refolded in order. */
export function createGapRepair(
  context: EngineContext,
  { allGenerations, reached, leave, onUnrepairable }: GapRepairOptions,
): RepairGap {
  const { engineEvents, feedName } = context;

  function keysOf({ fold, skipped }: Generation, events: readonly RecordedEvent[]): Set<string> {
    return new Set(fold.touches(events, skipped).flatMap((touch) => touch.keys));
  }

  /** Refolds what the events touch, for an idle generation that has seen all up to a position. */
  async function refold(
    generation: Generation,
    upTo: Position,
    late: readonly RecordedEvent[],
  ): Promise<void> {
    const seen = late.filter(({ position }) => comparePositions(position, upTo) <= 0);
    const repairs = new Map<string, DocumentWrite | undefined>();
    for (const key of keysOf(generation, seen)) {
      repairs.set(key, await foldKey(context, generation, key, upTo));
    }
    if (repairs.size > 0) await restoreDocuments(context, generation, upTo, repairs);
  }

  async function repair(generation: Generation, late: readonly RecordedEvent[]): Promise<void> {
    if (generation.state === 'live') await refold(generation, reached(), late);
    else if (generation.state === 'blocked') {
      await refold(generation, generation.checkpoint?.position ?? START, late);
    } else if (keysOf(generation, late).size > 0) generation.needsAudit ??= KIND;
  }

  return async (key, detail, late) => {
    await engineEvents.record(feedName, 'GapFound', { key, kind: KIND, detail });
    let repaired = true;
    for (const generation of allGenerations()) {
      try {
        await repair(generation, late);
      } catch (error) {
        repaired = false;
        if (error instanceof PoisonEventError) onUnrepairable(generation);
        else if (error instanceof CheckpointMovedError) {
          await reportCheckpointConflict(context, generation);
          leave(generation);
        } else throw error;
      }
    }
    if (repaired) await engineEvents.record(feedName, 'GapHealed', { key, kind: KIND });
  };
}
