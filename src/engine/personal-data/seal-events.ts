import type { NewEvent, RecordedEvent } from '../../domain/kernel/event.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import type { Cipher } from '../../ports/cipher.ts';
import { isSealed, type SealedData, type Subject, subjectOf } from './subject.ts';
import type { FoundKey } from './subject-keys.ts';

interface WithPersonal {
  readonly personal?: unknown;
}

/** A copy of the events whose personal data is encrypted with the key of their subject. */
export function sealEvents(
  types: EventTypes,
  cipher: Cipher,
  subject: Subject,
  key: Uint8Array,
  events: readonly NewEvent[],
): readonly NewEvent[] {
  return events.map((event) => {
    if (!hasPersonalData(types, event)) return event;
    const data = event.data as WithPersonal;
    const text = JSON.stringify(data.personal);
    const sealed = cipher.seal(key, text, boundTo(subject, event.id));
    const personal: SealedData = { keyId: subject.id, ...sealed };
    return { ...event, data: { ...data, personal } };
  });
}

export function hasPersonalData(types: EventTypes, { type, data }: NewEvent): boolean {
  return types.get(type)?.personal !== undefined && hasField(data);
}

/** The subject whose key an event needs; undefined for an event without personal data. */
export function subjectOfEvent(types: EventTypes, event: RecordedEvent): Subject | undefined {
  if (event.unreadable !== undefined || !hasPersonalData(types, event)) return undefined;
  const { personal } = event.data as WithPersonal;
  const subject = subjectOf(event.stream);
  return isSealed(personal) ? { ...subject, id: personal.keyId } : subject;
}

/**
 * The event as its rules know it. Without the key it has what its type says of erased data; where
 * the key was never destroyed but is not there, the event is unreadable.
 */
export function openEvent(
  types: EventTypes,
  cipher: Cipher,
  event: RecordedEvent,
  subject: Subject,
  key: FoundKey,
): RecordedEvent {
  const data = event.data as WithPersonal;
  const { personal } = data;
  const withPersonal = (value: unknown) => ({ ...event, data: { ...data, personal: value } });
  if (key === 'erased') return withPersonal(types.get(event.type)?.personal?.erased);
  // Events that were recorded before personal data was encrypted.
  if (!isSealed(personal)) return event;
  const text =
    key === 'missing' ? undefined : cipher.open(key, personal, boundTo(subject, event.id));
  if (text !== undefined) return withPersonal(JSON.parse(text));
  const unreadable = `the key of ${subject.id} in the vault (restore the vault that belongs to this log)`;
  return { ...event, unreadable };
}

/** Ciphertext that is moved to another event, person or shop cannot be opened there. */
function boundTo({ storeId, id }: Subject, eventId: string): string {
  return JSON.stringify([storeId, id, eventId]);
}

function hasField(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'personal' in data;
}
