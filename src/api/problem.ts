import type { ServerResponse } from 'node:http';

import { Type } from '@sinclair/typebox';

import {
  type ErrorCode,
  type ErrorKind,
  ERRORS,
  TillstreamError,
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
  upstream: 502,
  timeout: 504,
  unavailable: 503,
};

const RETRY_AFTER_S = 1;
const MS_PER_S = 1_000;
const RETRY_SOON: readonly ErrorKind[] = [
  'conflict',
  'too-early',
  'throttled',
  'timeout',
  'upstream',
  'unavailable',
];
/** Kinds whose details are made for the caller; those of other kinds can expose internals. */
const OPEN_DETAILS: readonly ErrorKind[] = ['refused', 'key-reused', 'throttled', 'too-large'];

/** Messages of these kinds can contain paths and addresses. */
const PRIVATE_MESSAGES: readonly ErrorKind[] = ['unavailable', 'upstream', 'timeout'];

/** One finding about a request. `path` is a JSON pointer within its part. */
export interface Violation {
  readonly in: 'body' | 'query' | 'path' | 'header';
  readonly path: string;
  readonly message: string;
}

/** The request does not have the form that the operation takes. Nothing was changed. */
export class RequestError extends TillstreamError {
  readonly violations: readonly Violation[];

  constructor(code: ErrorCode, message: string, violations: readonly Violation[] = []) {
    super(code, message);
    this.violations = violations;
  }
}

/** The body of every error response (RFC 9457). */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Address of the documentation of this code.' }),
    title: Type.String({ description: 'Meaning of the code; the same text every time.' }),
    status: Type.Integer(),
    code: Type.String({ description: 'Branch on this field only.' }),
    detail: Type.String({ description: 'What was expected and what was found, for people.' }),
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
    requestId: Type.String({ description: 'The X-Correlation-Id, for support requests.' }),
    docUrl: Type.String(),
    retryable: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
  },
  { $id: 'Problem', additionalProperties: false },
);

export function statusOf(code: ErrorCode): number {
  return code === 'method_not_allowed' ? 405 : STATUS[ERRORS[code].kind];
}

/**
 * Whether the error is a stored decision, which repeats of its key get again. The events of
 * `batch_too_large` could not be stored, and neither could its refusal.
 */
export function isRecorded(code: ErrorCode): boolean {
  return ERRORS[code].kind === 'refused' && code !== 'batch_too_large';
}

export function docUrlOf(code: ErrorCode): string {
  return `${ERROR_DOCS}#${code}`;
}

/** Seconds to wait before a retry; undefined when a retry makes no sense. */
export function retryAfterS(code: ErrorCode): number | undefined {
  const { kind, retryable } = ERRORS[code];
  return retryable && RETRY_SOON.includes(kind) ? RETRY_AFTER_S : undefined;
}

/** The client-visible part of an error. Bugs and storage failures expose only their code. */
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
    detail: known && isPublic(known) ? known.message : title,
    errors: known instanceof RequestError ? known.violations : [],
    ...(known && OPEN_DETAILS.includes(kind) && { details: known.details }),
    requestId,
    docUrl,
    retryable,
  };
}

/** Messages about storage can contain paths and addresses; those of the API itself do not. */
function isPublic(error: TillstreamError): boolean {
  return error instanceof RequestError || !PRIVATE_MESSAGES.includes(error.kind);
}

/** Responds with a problem; keeps the headers that other layers have set. */
export function sendProblem(res: ServerResponse, error: unknown, requestId: string): void {
  const problem = problemOf(error, requestId);
  const text = JSON.stringify(problem);
  res.statusCode = problem.status;
  res.setHeader('Content-Type', PROBLEM_TYPE);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.setHeader('Cache-Control', 'no-store');
  const retryAfter = waitOf(error) ?? retryAfterS(problem.code);
  if (retryAfter !== undefined) res.setHeader('Retry-After', String(retryAfter));
  if (problem.status === 401) res.setHeader('WWW-Authenticate', challenge(error));
  if (isDecision(error)) {
    res.setHeader('Tillstream-Position', formatPosition(error.position));
    if (error.repeated) res.setHeader('Tillstream-Repeated', 'true');
  }
  res.end(text);
}

/** Seconds that the error itself, or a limiter, asks its caller to wait. */
function waitOf(error: unknown): number | undefined {
  if (!(error instanceof TillstreamError)) return undefined;
  const { retryAfterS, retryAfter } = error.details;
  if (typeof retryAfterS === 'number') return retryAfterS;
  if (error.kind !== 'throttled' || typeof retryAfter !== 'number') return undefined;
  return Math.ceil(retryAfter / MS_PER_S);
}

/** A recorded refusal has a position in the log, like every decision. */
function isDecision(error: unknown): error is { position: Position; repeated: boolean } {
  return error instanceof TillstreamError && 'position' in error && 'repeated' in error;
}

function challenge(error: unknown): string {
  const realm = 'Bearer realm="tillstream"';
  const given = error instanceof TillstreamError && error.details['given'] === true;
  return given ? `${realm}, error="invalid_token"` : realm;
}
