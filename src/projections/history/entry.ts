import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { type EventTypes, UnreadableEventError, upcast } from '../../domain/kernel/event-types.ts';
import { categoryOf, partsOf } from '../../domain/kernel/names.ts';
import { formatPosition } from '../../domain/kernel/position.ts';
import type { HistoryEntry } from './document.ts';

export interface EventReader {
  readonly types: EventTypes;
  /** Describes an event in one plain sentence. */
  readonly describe: (event: RecordedEvent) => string;
}

/**
 * The event for people. An event that this version cannot read is shown as it is stored, so that an
 * operator who searches for a problem sees it.
 */
export function entryOf(reader: EventReader, recorded: RecordedEvent): HistoryEntry {
  const { stream, metadata } = recorded;
  const { actor, occurredAt, deviceId, commandId, correlationId, causationId } = metadata;
  const { summary, data } = readable(reader, recorded);
  return {
    position: formatPosition(recorded.position),
    eventId: recorded.id,
    stream,
    entity: { kind: categoryOf(stream), id: partsOf(stream).parts[0] ?? '' },
    revision: recorded.revision,
    type: recorded.type,
    schemaVersion: metadata.schemaVersion,
    summary,
    at: recorded.recordedAt,
    ...(occurredAt !== undefined && { occurredAt }),
    actorKind: actor.kind,
    actorId: actor.id,
    ...(deviceId !== undefined && { deviceId }),
    commandId,
    correlationId,
    causationId,
    data,
  };
}

function readable(
  { types, describe }: EventReader,
  recorded: RecordedEvent,
): { summary: string; data: unknown } {
  const { type, metadata, data } = recorded;
  try {
    const event = upcast(types, recorded);
    return { summary: describe(event), data: event.data };
  } catch (error) {
    const unknown = error instanceof UnreadableEventError;
    const what = unknown ? 'unknown to this version' : 'its data is not what is expected';
    return { summary: `${type}, version ${metadata.schemaVersion}: ${what}`, data };
  }
}
