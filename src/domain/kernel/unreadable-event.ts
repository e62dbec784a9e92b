import { ConflictError } from './errors.ts';
import type { AppendedEvent } from './event.ts';

/**
 * The error of an operation that needs an event which this code cannot read or fold. A repeat would
 * fail in the same way until other code runs, so it names the event and what to do.
 */
export function unreadableEvent(event: AppendedEvent, cause: unknown): ConflictError {
  const { id, type, stream, revision, metadata } = event;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConflictError(
    'unreadable_event',
    `event ${id} (${type}, version ${metadata.schemaVersion}, revision ${revision} of ${stream}) cannot be read: ${reason}. Run the Tillstream version that wrote it; the history shows the event as it is stored`,
    { eventId: id, type, stream, revision },
    cause,
  );
}
