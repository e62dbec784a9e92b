import type { IncomingHttpHeaders } from 'node:http';

import { parsePosition, type Position } from '../../domain/kernel/position.ts';
import { RequestError, type Violation } from '../problem.ts';
import { isDateTime } from '../validation/formats.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;
const DEVICE = /^[\x21-\x7e]{1,64}$/;
const ETAG = /^"(\d{1,15})"$/;

/** The headers of a write that reach its command. */
export interface RequestHeaders {
  readonly commandId: string;
  readonly ifRevision: number | undefined;
  readonly deviceId: string | undefined;
  readonly occurredAt: string | undefined;
}

const NONE: RequestHeaders = {
  commandId: '',
  ifRevision: undefined,
  deviceId: undefined,
  occurredAt: undefined,
};

/** @throws RequestError idempotency_key_missing, invalid_request. */
export function readWriteHeaders(headers: IncomingHttpHeaders): RequestHeaders {
  const commandId = headers['idempotency-key'];
  if (commandId === undefined) {
    throw new RequestError(
      'idempotency_key_missing',
      'expected the header Idempotency-Key with an id of your own for this write, found none',
    );
  }
  if (typeof commandId !== 'string' || !KEY.test(commandId)) {
    throw badHeader('Idempotency-Key', '1 to 200 visible ASCII characters');
  }
  return {
    commandId,
    ifRevision: readIfMatch(headers['if-match']),
    deviceId: read(headers, 'X-Device-Id', (t) => DEVICE.test(t), '1 to 64 visible characters'),
    occurredAt: read(headers, 'X-Occurred-At', isDateTime, 'a time as in RFC 3339'),
  };
}

/** Queries have no headers of a write. */
export function noWriteHeaders(): RequestHeaders {
  return NONE;
}

/** The position that a caller wants to see, from the header or the query. @throws RequestError */
export function readPosition(
  headers: IncomingHttpHeaders,
  fromQuery: unknown,
): Position | undefined {
  const given = headers['tillstream-position'] ?? fromQuery;
  if (given === undefined) return undefined;
  const position = typeof given === 'string' ? parsePosition(given) : undefined;
  if (position) return position;
  throw badHeader('Tillstream-Position', 'a position `<commit>.<prepare>` from an earlier answer');
}

/** Whether the caller has this revision already: `If-None-Match` lists tags or is `*`. */
export function matchesRevision(ifNoneMatch: string | undefined, revision: number): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const tag = etagOf(revision);
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

function readIfMatch(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const revision = ETAG.exec(given.trim())?.[1];
  if (revision === undefined) throw badHeader('If-Match', 'one ETag of this API, such as "3"');
  return Number(revision);
}

function read(
  headers: IncomingHttpHeaders,
  name: string,
  fits: (text: string) => boolean,
  expected: string,
): string | undefined {
  const given = headers[name.toLowerCase()];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !fits(given)) throw badHeader(name, expected);
  return given;
}

function badHeader(name: string, expected: string): RequestError {
  const violation: Violation = {
    in: 'header',
    path: `/${name.toLowerCase()}`,
    message: `expected ${expected}`,
  };
  return new RequestError('invalid_request', `header ${name}: expected ${expected}`, [violation]);
}
