import { InvariantError, NotFoundError, type ErrorCode } from '../domain/kernel/errors.ts';
import type { DomainEvent } from '../domain/kernel/event.ts';
import { formatPosition, type Position } from '../domain/kernel/position.ts';

/** What every response to a write says beside the entity. */
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

/** What a query by id found. @throws NotFoundError with that code. */
export function orNotFound<T>(document: T | undefined, code: ErrorCode, what: string): T {
  if (document !== undefined) return document;
  throw new NotFoundError(code, `there is no ${what}`);
}

/** A page as a response has it. */
export function pageResponse<Doc>(page: { items: readonly Doc[]; nextCursor?: string }) {
  const { items, nextCursor } = page;
  return { items: [...items], ...(nextCursor !== undefined && { nextCursor }) };
}
