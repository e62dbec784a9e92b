import { comparePositions, START } from '../../../domain/kernel/position.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import type { Checkpoint } from '../../../ports/read-store.ts';
import type { Generation } from './generation.ts';
import { FencedError } from '../../leases/fenced-store.ts';
import type { EngineContext } from '../context.ts';

/**
 * Whether a checkpoint was made over this log as it is now. It was not when the log has another
 * id, or when another event (or none) stands at its position: a restored older copy.
 */
export async function belongsToLog(log: EventLog, checkpoint: Checkpoint): Promise<boolean> {
  if (checkpoint.logId !== (await log.logId())) return false;
  if (comparePositions(checkpoint.position, START) === 0) return true;
  if (checkpoint.eventId === undefined) return true;
  const event = await log.readAt(checkpoint.position);
  return event?.id === checkpoint.eventId;
}

/**
 * Notes that somebody else moved a member's checkpoint. Whoever does that may have done anything
 * to its documents, so that they are audited as soon as it is live again. Who works under a newer
 * lease may move it: that is no finding, and this engine stops.
 */
export async function reportCheckpointConflict(
  context: EngineContext,
  member: Generation,
): Promise<void> {
  try {
    await context.store.claim(context.feedName);
  } catch (error) {
    if (error instanceof FencedError) return;
    // A store that does not answer proves nothing.
  }
  member.needsAudit = 'checkpoint-moved';
  await context.journal.record(member.projection.name, 'GapFound', {
    key: member.collection.name,
    kind: 'checkpoint-moved',
    detail: 'the stored checkpoint is not the one that was written last',
  });
}
