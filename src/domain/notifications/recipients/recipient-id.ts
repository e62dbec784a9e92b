import { shortHash } from '../../kernel/fingerprint.ts';

/** Stands between period and person: no id that comes from outside has control characters. */
const SEPARATOR = '\n';
/** An id is a part of a stream's name, which has at most 200 characters. */
const MAX_PERSON_LENGTH = 180;
const KEPT_LENGTH = 150;

/** The id of one period of what is known of a person; the first one has the id of the person. */
export function recipientId(personId: string, period: number): string {
  if (period === 1) return personId;
  return `${period}${SEPARATOR}${personId.length > MAX_PERSON_LENGTH ? cut(personId) : personId}`;
}

function cut(personId: string): string {
  const rest = personId.slice(KEPT_LENGTH);
  return `${personId.slice(0, KEPT_LENGTH)}${shortHash(rest)}${shortHash(`:${personId}`)}`;
}

/** What an id of `recipientId` was made of; a long id of a person is cut. */
export function recipientOf(id: string): { readonly personId: string; readonly period: number } {
  const at = id.indexOf(SEPARATOR);
  if (at < 0) return { personId: id, period: 1 };
  return { personId: id.slice(at + 1), period: Number(id.slice(0, at)) };
}
