import { DomainError } from '../../domain/kernel/errors.ts';
import { formatPosition, parsePosition, type Position } from '../../domain/kernel/position.ts';

/** The start of a page of history: a position of the log, or a revision of one of its streams. */
export type Cursor =
  { readonly after: Position } | { readonly stream: number; readonly from: number };

export function encodeCursor(cursor: Cursor): string {
  const text = 'after' in cursor ? formatPosition(cursor.after) : `${cursor.stream}/${cursor.from}`;
  return Buffer.from(text).toString('base64url');
}

/** @throws DomainError invalid_request unless `encodeCursor` made the text. */
export function decodeCursor(encoded: string): Cursor {
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
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
