import type { EventMetadata, RecordedEvent } from '../../domain/kernel/event.ts';
import type { Position } from '../../domain/kernel/position.ts';
import type { Row } from './database.ts';

/** The columns of an event, in the order in which `toEvent` reads them. */
export const COLUMNS = `e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata, e.recorded_at`;
export const FROM = `FROM events e JOIN streams s ON s.id = e.stream_id`;

export function positionOf(number: number): Position {
  const commit = BigInt(number);
  return { commit, prepare: commit };
}

export function toEvent(row: Row): RecordedEvent {
  return {
    position: positionOf(row[0] as number),
    stream: row[1] as string,
    revision: row[2] as number,
    id: row[3] as string,
    type: row[4] as string,
    data: JSON.parse(row[5] as string) as unknown,
    metadata: JSON.parse(row[6] as string) as EventMetadata,
    recordedAt: row[7] as string,
  };
}
