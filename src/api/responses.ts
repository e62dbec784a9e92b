import { type ErrorCode, InvariantError, NotFoundError } from '../domain/kernel/errors.ts';
import type { DomainEvent } from '../domain/kernel/event.ts';
import { formatPosition, type Position } from '../domain/kernel/position.ts';

/** In every response to a write, in addition to the entity. */
export function writtenAt({ revision, position }: { revision: number; position: Position }) {
  return { revision, position: formatPosition(position) };
}

/** Status, revision and position of a response to a write, for its headers. */
export function writeResult(status: number, result: { revision: number; position: Position }) {
  return { status, revision: result.revision, position: result.position };
}

type Recorded<Event> = { readonly events: readonly Event[] };

/** The first event of a type that a command recorded, if it recorded one. */
export function findEvent<Event extends DomainEvent, Type extends Event['type']>(
  { events }: Recorded<Event>,
  type: Type,
): Extract<Event, { type: Type }> | undefined {
  return events.find((event): event is Extract<Event, { type: Type }> => event.type === type);
}

/** The first event of a type that a command must have recorded. */
export function eventOf<Event extends DomainEvent, Type extends Event['type']>(
  recorded: Recorded<Event>,
  type: Type,
): Extract<Event, { type: Type }> {
  const event = findEvent(recorded, type);
  if (!event) throw new InvariantError(`${type} among the events of its command`);
  return event;
}

/** The document, where there is one. @throws NotFoundError with that code. */
export function orNotFound<T>(document: T | undefined, code: ErrorCode, subject: string): T {
  if (document !== undefined) return document;
  throw new NotFoundError(code, `there is no ${subject}`);
}

/** A page as the body of a response. */
export function pageResponse<Doc>(page: { items: readonly Doc[]; nextCursor?: string }) {
  const { items, nextCursor } = page;
  return { items: [...items], ...(nextCursor !== undefined && { nextCursor }) };
}
