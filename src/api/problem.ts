import type { ServerResponse } from 'node:http';

import { Type } from '@sinclair/typebox';

import {
  ERRORS,
  TillstreamError,
  type ErrorCode,
  type ErrorKind,
} from '../domain/kernel/errors.ts';
import { formatPosition, type Position } from '../domain/kernel/position.ts';

export const PROBLEM_TYPE = 'application/problem+json';
export const ERROR_DOCS = '/docs/errors';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  unknown: 404,
  conflict: 409,
  unreadable: 409,
  precondition: 412,
  'too-large': 413,
  unsupported: 415,
  refused: 422,
  'key-reused': 422,
  'too-early': 425,
  throttled: 429,
  internal: 500,
  unavailable: 503,
};

const RETRY_AFTER_S = 1;
const RETRY_SOON: readonly ErrorKind[] = ['conflict', 'too-early', 'throttled', 'unavailable'];
/** Kinds whose details were made for the caller; those of the others may tell of our insides. */
const OPEN_DETAILS: readonly ErrorKind[] = ['refused', 'key-reused'];

/** One thing that is wrong with a request. `path` is a JSON pointer within its part. */
export interface Violation {
  readonly in: 'body' | 'query' | 'path' | 'header';
  readonly path: string;
  readonly message: string;
}

/** The request is not what the operation takes; nothing was done. */
export class RequestError extends TillstreamError {
  readonly violations: readonly Violation[];

  constructor(code: ErrorCode, message: string, violations: readonly Violation[] = []) {
    super(code, message);
    this.violations = violations;
  }
}

/** The form of every error answer (RFC 9457). */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Where this code is explained.' }),
    title: Type.String({ description: 'What the code means, always the same words.' }),
    status: Type.Integer(),
    code: Type.String({ description: 'The one thing to branch on.' }),
    detail: Type.String({ description: 'What was expected and what came, for people.' }),
    errors: Type.Array(
      Type.Object(
        {
          in: Type.Union([
            Type.Literal('body'),
            Type.Literal('query'),
            Type.Literal('path'),
            Type.Literal('header'),
          ]),
          path: Type.String({ description: 'JSON pointer.' }),
          message: Type.String(),
        },
        { additionalProperties: false },
      ),
    ),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    requestId: Type.String({ description: 'The X-Correlation-Id; name it to support.' }),
    docUrl: Type.String(),
    retryable: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
  },
  { $id: 'Problem', additionalProperties: false },
);

export function statusOf(code: ErrorCode): number {
  return code === 'method_not_allowed' ? 405 : STATUS[ERRORS[code].kind];
}

export function docUrlOf(code: ErrorCode): string {
  return `${ERROR_DOCS}#${code}`;
}

/** Seconds after which a retry makes sense; undefined when none does. */
export function retryAfterS(code: ErrorCode): number | undefined {
  const { kind, retryable } = ERRORS[code];
  return retryable && RETRY_SOON.includes(kind) ? RETRY_AFTER_S : undefined;
}

/** What a caller may know of an error. A bug or a failing store is told by its code alone. */
export function problemOf(error: unknown, requestId: string) {
  const known = error instanceof TillstreamError && error.kind !== 'internal' ? error : undefined;
  const code = known?.code ?? 'internal';
  const { title, kind, retryable } = ERRORS[code];
  const docUrl = docUrlOf(code);
  return {
    type: docUrl,
    title,
    status: statusOf(code),
    code,
    detail: known && mayBeTold(known) ? known.message : title,
    errors: known instanceof RequestError ? known.violations : [],
    ...(known && OPEN_DETAILS.includes(kind) && { details: known.details }),
    requestId,
    docUrl,
    retryable,
  };
}

/**
 * Messages about stores can hold paths and addresses; those that the API made itself are for all.
 */
function mayBeTold(error: TillstreamError): boolean {
  return error instanceof RequestError || error.kind !== 'unavailable';
}

/** Answers with a problem; headers that other layers have set stay. */
export function sendProblem(res: ServerResponse, error: unknown, requestId: string): void {
  const problem = problemOf(error, requestId);
  const text = JSON.stringify(problem);
  res.statusCode = problem.status;
  res.setHeader('Content-Type', PROBLEM_TYPE);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.setHeader('Cache-Control', 'no-store');
  const retryAfter = retryAfterS(problem.code);
  if (retryAfter !== undefined) res.setHeader('Retry-After', String(retryAfter));
  if (problem.status === 401) res.setHeader('WWW-Authenticate', challenge(error));
  if (isDecision(error)) {
    res.setHeader('Tillstream-Position', formatPosition(error.position));
    if (error.repeated) res.setHeader('Tillstream-Repeated', 'true');
  }
  res.end(text);
}

/** A recorded refusal has a place in the log, like every decision. */
function isDecision(error: unknown): error is { position: Position; repeated: boolean } {
  return error instanceof TillstreamError && 'position' in error && 'repeated' in error;
}

function challenge(error: unknown): string {
  const realm = 'Bearer realm="tillstream"';
  const given = error instanceof TillstreamError && error.details['given'] === true;
  return given ? `${realm}, error="invalid_token"` : realm;
}
