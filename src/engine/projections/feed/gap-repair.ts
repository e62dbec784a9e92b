import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { comparePositions, START, type Position } from '../../../domain/kernel/position.ts';
import type { DocumentWrite } from '../../../ports/read-store.ts';
import { CheckpointMovedError } from '../lifecycle/catch-up.ts';
import { suspectMoved } from '../folding/checkpoint-check.ts';
import { PoisonEventError } from '../folding/fold.ts';
import { foldKey, putBack } from '../folding/refold.ts';
import type { Member } from '../folding/generation.ts';
import type { EngineContext } from '../context.ts';

const KIND = 'dropped-events';

export interface MendingOptions {
  /** All members, also those that do not follow the feed now. */
  readonly everyMember: () => readonly Member[];
  /** How far the feed has come. */
  readonly reached: () => Position;
  readonly leave: (member: Member) => void;
  /** A late event is poison to this one, whose documents are beyond it already. */
  readonly onBeyondMending: (member: Member) => void;
}

/**
 * Events that come late belong before what the feed has reached: what they touch is folded again,
 * in order, for every member, and what was found and done is recorded.
 * @returns what mends; to be called inside the writing section.
 */
export function createMending(
  context: EngineContext,
  { everyMember, reached, leave, onBeyondMending }: MendingOptions,
) {
  const { journal, feedName } = context;

  function keysOf(member: Member, events: readonly RecordedEvent[]): Set<string> {
    const touches = member.fold.touches(events, member.skipped);
    return new Set(touches.flatMap((touch) => touch.keys));
  }

  /** What they touch, for a member that has seen everything up to a position and rests. */
  async function foldAgain(
    member: Member,
    upTo: Position,
    late: readonly RecordedEvent[],
  ): Promise<void> {
    const seen = late.filter(({ position }) => comparePositions(position, upTo) <= 0);
    const repairs = new Map<string, DocumentWrite | undefined>();
    for (const key of keysOf(member, seen))
      repairs.set(key, await foldKey(context, member, key, upTo));
    if (repairs.size > 0) await putBack(context, member, upTo, repairs);
  }

  async function mendOne(member: Member, late: readonly RecordedEvent[]): Promise<void> {
    if (member.state === 'live') await foldAgain(member, reached(), late);
    else if (member.state === 'blocked') {
      await foldAgain(member, member.checkpoint?.position ?? START, late);
    } else if (keysOf(member, late).size > 0) member.suspect ??= KIND;
  }

  return async (key: string, detail: string, late: readonly RecordedEvent[]): Promise<void> => {
    await journal.record(feedName, 'GapFound', { key, kind: KIND, detail });
    let mended = true;
    for (const member of everyMember()) {
      try {
        await mendOne(member, late);
      } catch (error) {
        mended = false;
        if (error instanceof PoisonEventError) onBeyondMending(member);
        else if (error instanceof CheckpointMovedError) {
          await suspectMoved(context, member);
          leave(member);
        } else throw error;
      }
    }
    if (mended) await journal.record(feedName, 'GapHealed', { key, kind: KIND });
  };
}
