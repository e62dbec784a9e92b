import type { AccountEvent } from '../../domain/accounts/events.ts';
import { upcast, UnreadableEventError, type EventTypes } from '../../domain/kernel/event-types.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { categoryOf, partsOf } from '../../domain/kernel/names.ts';
import { formatPosition } from '../../domain/kernel/position.ts';
import type { OrderEvent } from '../../domain/orders/events.ts';
import { summaryOf } from '../orders/history/summary.ts';
import { describeAccountEvent } from '../accounts/describe.ts';
import type { HistoryEntry } from './document.ts';

/**
 * The event for people. One that this code cannot read is shown as it is stored: who looks for
 * what went wrong must see it.
 */
export function entryOf(types: EventTypes, recorded: RecordedEvent): HistoryEntry {
  const { stream, metadata } = recorded;
  const { actor, occurredAt, deviceId, commandId, correlationId, causationId } = metadata;
  const { summary, data } = readable(types, recorded);
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

function readable(types: EventTypes, recorded: RecordedEvent): { summary: string; data: unknown } {
  try {
    const event = upcast(types, recorded);
    return { summary: wordsOf(event), data: event.data };
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    const { type, metadata } = recorded;
    const summary = `${type}, version ${metadata.schemaVersion}: not known to this software`;
    return { summary, data: recorded.data };
  }
}

/** What an event of a shop means, in one plain sentence; its type where there is no better. */
function wordsOf(event: RecordedEvent): string {
  switch (categoryOf(event.stream)) {
    case 'order':
      return summaryOf(event as unknown as OrderEvent) ?? event.type;
    case 'account':
      return describeAccountEvent(event as unknown as AccountEvent) ?? event.type;
    default:
      return event.type;
  }
}
