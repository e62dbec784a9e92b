import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { type ErrorCode, ERRORS } from '../../domain/kernel/errors.ts';
import { docUrlOf, PROBLEM_TYPE } from '../problem.ts';

/** The response to input that never became a request of the API. */
export interface BrokenRequest {
  readonly status: number;
  /** The text of the status line. */
  readonly reason: string;
  readonly code: ErrorCode;
  readonly detail: string;
}

const broken = (
  status: number,
  reason: string,
  detail: string,
  code: ErrorCode = 'invalid_request',
): BrokenRequest => ({ status, reason, code, detail });

export const NO_HOST = broken(400, 'Bad Request', 'expected the header Host, found none');
export const TUNNEL = broken(
  405,
  'Method Not Allowed',
  'expected a request for a resource, found CONNECT',
  'method_not_allowed',
);

/** The response to an error of Node's HTTP parser or its timers, by the error's code. */
export function brokenRequestOf(errorCode: string | undefined): BrokenRequest {
  switch (errorCode) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return broken(408, 'Request Timeout', 'the request did not arrive in time');
    case 'HPE_HEADER_OVERFLOW':
      return broken(431, 'Request Header Fields Too Large', 'expected at most 16 KiB of headers');
    default:
      return broken(400, 'Bad Request', 'expected a request in HTTP/1.1');
  }
}

/** Writes the problem to a connection that has no request, and closes it. */
export function answerOnSocket(socket: Duplex, what: BrokenRequest, requestId: string): void {
  const { body, headers } = problemFor(what, requestId);
  const head = [
    `HTTP/1.1 ${what.status} ${what.reason}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The same for a request whose headers could be read. */
export function answerBroken(res: ServerResponse, what: BrokenRequest, requestId: string): void {
  const { body, headers } = problemFor(what, requestId);
  res.writeHead(what.status, headers).end(body);
}

function problemFor({ status, reason, code, detail }: BrokenRequest, requestId: string) {
  const docUrl = docUrlOf(code);
  const body = JSON.stringify({
    type: docUrl,
    title: code === 'invalid_request' ? reason : ERRORS[code].title,
    status,
    code,
    detail,
    errors: [],
    requestId,
    docUrl,
    retryable: false,
  });
  const headers = {
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Correlation-Id': requestId,
    Connection: 'close',
  };
  return { body, headers };
}
