import { comparePositions, type Position, START } from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Checkpoint, CheckpointStore } from '../../ports/read-store.ts';
import type { FencedStore } from '../leases/fenced-store.ts';

const DELIVERIES = 'deliveries';

/** A place in the log with the event that stands there. */
export interface Place {
  readonly position: Position;
  readonly eventId: string | undefined;
}

export const BEGINNING: Place = { position: START, eventId: undefined };

export const earlier = (a: Place, b: Place): Place =>
  comparePositions(a.position, b.position) < 0 ? a : b;

/** From where the log must be read to know everything that is to be sent. */
export interface LowWaterMark {
  /** Claims and reads the mark. One of another log, or of a later time of this one, is not used. */
  open(): Promise<Place>;
  save(place: Place): Promise<void>;
}

export function createLowWaterMark(
  log: EventLog,
  store: FencedStore<CheckpointStore>,
  name = DELIVERIES,
): LowWaterMark {
  let checkpoint: Checkpoint | undefined;
  let logWentBack = false;

  return {
    async open() {
      await store.claim(name);
      checkpoint = await store.checkpoint(name);
      logWentBack = false;
      if (!checkpoint) return BEGINNING;
      const { position, eventId, logId } = checkpoint;
      const isSameLog = logId === (await log.logId());
      if (isSameLog && (await log.readAt(position))?.id === eventId) return { position, eventId };
      logWentBack = true;
      return BEGINNING;
    },
    async save({ position, eventId }) {
      if (eventId === undefined) return;
      const isPast = checkpoint && comparePositions(position, checkpoint.position) <= 0;
      if (isPast && !logWentBack) return;
      const to: Checkpoint = { logId: await log.logId(), position, eventId };
      const move = { name, from: checkpoint, to };
      const outcome = await store.commit({ checkpoints: [move] });
      logWentBack = false;
      checkpoint = outcome.outcome === 'done' ? to : await store.checkpoint(name);
    },
  };
}
