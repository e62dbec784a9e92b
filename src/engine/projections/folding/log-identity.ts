import { comparePositions, START } from '../../../domain/kernel/position.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import type { Checkpoint } from '../../../ports/read-store.ts';

/** The log is not the one that the read models were built from. */
export class OtherLogError extends Error {
  constructor(checkpoint: string) {
    super(`the checkpoint ${checkpoint} was made over another log or a newer copy of this one`);
    this.name = 'OtherLogError';
  }
}

/**
 * Whether a checkpoint was made over this log in its present state. Not so when the log has
 * another id, or when another event (or none) stands at its position: a restored older copy.
 */
export async function belongsToLog(log: EventLog, checkpoint: Checkpoint): Promise<boolean> {
  if (checkpoint.logId !== (await log.logId())) return false;
  if (comparePositions(checkpoint.position, START) === 0) return true;
  if (checkpoint.eventId === undefined) return true;
  const event = await log.readAt(checkpoint.position);
  return event?.id === checkpoint.eventId;
}
