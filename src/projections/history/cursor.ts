import { DomainError } from '../../domain/kernel/errors.ts';
import { formatPosition, parsePosition, type Position } from '../../domain/kernel/position.ts';

/** Where a page of history begins: a place in the log, or one in a list of streams. */
export type Place =
  { readonly after: Position } | { readonly stream: number; readonly from: number };

export function encodePlace(place: Place): string {
  const text = 'after' in place ? formatPosition(place.after) : `${place.stream}/${place.from}`;
  return Buffer.from(text).toString('base64url');
}

/** @throws DomainError invalid_request when the text is no cursor of ours. */
export function decodePlace(cursor: string): Place {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const after = parsePosition(text);
  if (after) return { after };
  const [, stream, from] = /^(\d{1,2})\/(\d{1,9})$/.exec(text) ?? [];
  if (stream !== undefined) return { stream: Number(stream), from: Number(from) };
  throw badCursor();
}

export function badCursor(): DomainError {
  return new DomainError('invalid_request', 'expected a cursor from an earlier page', {
    errors: [{ path: '/query/cursor', message: 'is not a cursor from an earlier page' }],
  });
}
