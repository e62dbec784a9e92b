import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import { CheckpointMovedError } from '../lifecycle/catch-up.ts';
import { reportCheckpointConflict } from '../folding/checkpoint-check.ts';
import { PoisonEventError } from '../folding/fold.ts';
import { foldKey, restoreDocuments } from '../folding/refold.ts';
import type { Generation } from '../folding/generation.ts';
import type { EngineContext } from '../context.ts';

const KIND = 'dropped-events';

export interface GapRepairOptions {
  /** All members, also those that do not follow the feed now. */
  readonly everyMember: () => readonly Generation[];
  /** How far the feed has come. */
  readonly reached: () => Position;
  readonly leave: (member: Generation) => void;
  /** A late event is poison to this one, whose documents are beyond it already. */
  readonly onUnrepairable: (member: Generation) => void;
}

/**
 * Events that come late belong before what the feed has reached: what they touch is folded again,
 * in order, for every member, and what was found and done is recorded.
 * @returns what mends; to be called inside the writing section.
 */
export function createGapRepair(
  context: EngineContext,
  { everyMember, reached, leave, onUnrepairable }: GapRepairOptions,
) {
  const { journal, feedName } = context;

  function keysOf(member: Generation, events: readonly RecordedEvent[]): Set<string> {
    const touches = member.fold.touches(events, member.skipped);
    return new Set(touches.flatMap((touch) => touch.keys));
  }

  /** What they touch, for a member that has seen everything up to a position and rests. */
  async function refold(
    member: Generation,
    upTo: Position,
    late: readonly RecordedEvent[],
  ): Promise<void> {
    const seen = late.filter(({ position }) => comparePositions(position, upTo) <= 0);
    const repairs = new Map<string, DocumentWrite | undefined>();
    for (const key of keysOf(member, seen))
      repairs.set(key, await foldKey(context, member, key, upTo));
    if (repairs.size > 0) await restoreDocuments(context, member, upTo, repairs);
  }

  async function mendOne(member: Generation, late: readonly RecordedEvent[]): Promise<void> {
    if (member.state === 'live') await refold(member, reached(), late);
    else if (member.state === 'blocked') {
      await refold(member, member.checkpoint?.position ?? START, late);
    } else if (keysOf(member, late).size > 0) member.needsAudit ??= KIND;
  }

  return async (key: string, detail: string, late: readonly RecordedEvent[]): Promise<void> => {
    await journal.record(feedName, 'GapFound', { key, kind: KIND, detail });
    let mended = true;
    for (const member of everyMember()) {
      try {
        await mendOne(member, late);
      } catch (error) {
        mended = false;
        if (error instanceof PoisonEventError) onUnrepairable(member);
        else if (error instanceof CheckpointMovedError) {
          await reportCheckpointConflict(context, member);
          leave(member);
        } else throw error;
      }
    }
    if (mended) await journal.record(feedName, 'GapHealed', { key, kind: KIND });
  };
}
