import { type ErrorCode, ERRORS } from '../../domain/kernel/errors.ts';
import { docUrlOf, PROBLEM_TYPE, retryAfterS, statusOf } from '../problem.ts';
import type { Route } from '../route.ts';
import { takesBody } from '../validation/request-check.ts';
import type { JsonSchema } from './schemas.ts';

/** In the responses of an operation whose requests are counted. */
export const RATE_LIMIT_HEADERS = {
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
} as const;

const EXAMPLE_ID = '7b1c9c9e-5a0e-4b3c-9a55-5a7d7b6f2d10';

/** Every error code of an operation. */
export function codesOf(route: Route): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(['invalid_request', 'internal']);
  const add = (...more: ErrorCode[]) => more.forEach((code) => codes.add(code));
  if (!route.servesAlways) add('shutting_down');
  if (route.permission !== 'public') {
    add('unauthenticated', 'forbidden', 'too_many_requests', 'overloaded');
    if (route.deadlineMs !== 0) add('deadline_exceeded');
  }
  if (route.limiters) add('too_many_requests');
  if (takesBody(route)) add('malformed_json', 'unsupported_media_type', 'body_too_large');
  if (route.write) {
    add('idempotency_key_missing', 'idempotency_key_reused', 'precondition_failed');
    add('command_in_flight', 'contention', 'store_unavailable', 'outcome_unknown');
    add('unreadable_event', 'stream_full');
  }
  if (route.waits) add('not_caught_up');
  add(...(route.errors ?? []));
  return [...codes];
}

/** One response per status, with an example of each code that it can carry. */
export function problemResponses(route: Route): Record<string, JsonSchema> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(route)) {
    const status = statusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([status, codes]) => [status, response(status, codes)]));
}

function response(status: number, codes: readonly ErrorCode[]): JsonSchema {
  const retried = codes.some((code) => retryAfterS(code) !== undefined);
  const ref = (name: string) => ({ $ref: `#/components/headers/${name}` });
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' '),
    headers: {
      'X-Correlation-Id': ref('CorrelationId'),
      ...(status === 429 && RATE_LIMIT_HEADERS),
      ...(retried && { 'Retry-After': ref('RetryAfter') }),
      ...(status === 401 && { 'WWW-Authenticate': ref('Challenge') }),
    },
    content: {
      [PROBLEM_TYPE]: {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }],
          properties: { code: { enum: codes } },
        },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
  };
}

/** An example of each code, written once: hundreds of operations refer to it. */
export function problemExamples(): Record<string, JsonSchema> {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]));
}

function exampleOf(code: ErrorCode): JsonSchema {
  const { title, retryable } = ERRORS[code];
  return {
    type: docUrlOf(code),
    title,
    status: statusOf(code),
    code,
    detail: title,
    errors: [],
    requestId: EXAMPLE_ID,
    docUrl: docUrlOf(code),
    retryable,
  };
}
