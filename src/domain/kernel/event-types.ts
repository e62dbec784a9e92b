import { InvariantError } from './errors.ts';
import type { AppendedEvent, DomainEvent, RecordedEvent } from './event.ts';

/** JSON schema as TypeBox builds it; opaque here, compiled where it is checked. */
export type Schema = object;

/**
 * One type of event: its schema now, and how data of each older version becomes the next one
 * (`upcasters[1]` turns version 1 into version 2).
 */
export interface EventType {
  readonly type: string;
  readonly version: number;
  readonly schema: Schema;
  readonly upcasters?: Readonly<Record<number, (data: never) => unknown>>;
  /** Set when `data.personal` holds personal data, which is stored encrypted. */
  readonly personal?: PersonalField;
  /** The personal data of the stream's person is to be erased: their key is destroyed. */
  readonly erases?: boolean;
}

/** What is known about the personal data of an event type. */
export interface PersonalField {
  /** `data.personal` once it was erased: it fits the schema, and names no person. */
  readonly erased: unknown;
}

export type EventTypes = ReadonlyMap<string, EventType>;

export function eventTypes(...lists: readonly (readonly EventType[])[]): EventTypes {
  const types = new Map<string, EventType>();
  for (const type of lists.flat()) {
    if (types.has(type.type) && types.get(type.type) !== type) {
      throw new InvariantError('each event type is declared once', { type: type.type });
    }
    types.set(type.type, type);
  }
  return types;
}

/** This code cannot read that event: a fold must stop at it, never skip it (K8). */
export class UnreadableEventError extends InvariantError {}

/**
 * The event as this code knows it, older data carried through the upcasters.
 * @throws UnreadableEventError for a type or a version that this code does not know, and for what
 *   is not stored as an event of Tillstream.
 */
export function upcast<E extends AppendedEvent & Pick<Partial<RecordedEvent>, 'unreadable'>>(
  types: EventTypes,
  event: E,
): E {
  const { unreadable, id, type: name, stream } = event;
  if (unreadable !== undefined) {
    throw new UnreadableEventError(unreadable, { id, type: name, stream });
  }
  const type = types.get(event.type);
  if (type === undefined) {
    throw new UnreadableEventError('a known event type', { type: event.type, id: event.id });
  }
  const found = event.metadata.schemaVersion;
  if (found === type.version) return event;
  let data: unknown = event.data;
  for (let version = found; version < type.version; version++) {
    const step = type.upcasters?.[version];
    if (step === undefined) break;
    data = step(data as never);
    if (version + 1 === type.version) {
      return { ...event, data, metadata: { ...event.metadata, schemaVersion: type.version } };
    }
  }
  const newest = `${event.type} at version ${type.version} or older`;
  const hint = found > type.version ? ' (a newer Tillstream wrote it: run that one)' : '';
  throw new UnreadableEventError(`${newest}${hint}`, { id: event.id, version: found });
}

/** A command that the rules refused, in the stream it was for, so that it stays refused (K2). */
export type CommandRefused = DomainEvent<
  'CommandRefused',
  {
    readonly command: string;
    readonly code: string;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  }
>;
