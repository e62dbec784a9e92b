import { Type } from '@sinclair/typebox';

import type { ApiLimits } from '../limits.ts';
import { RequestError, type Violation } from '../problem.ts';
import type { Route } from '../route.ts';
import { createQueryReader } from './query.ts';
import { createSchemaCheck, type SchemaCheck } from './schema-check.ts';
import { findUnsafe, isSafe } from './unsafe.ts';

const NOTHING = Type.Object({}, { additionalProperties: false });
/** The limit of one part of a stream name. */
const MAX_PARAM_LENGTH = 200;

/** The three parts of a request before their check. */
export interface RequestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The check of one route's requests. Made once, used for every request. */
export interface RequestCheck {
  /** The query, with its texts converted to numbers, booleans and lists, and with defaults. */
  readQuery(search: string): Record<string, unknown>;
  /** @throws RequestError invalid_request, naming each field that is not as expected. */
  check(parts: RequestParts): void;
}

/** Whether the route reads a body. */
export function takesBody(route: Route): boolean {
  if (route.ignoresBody) return false;
  return route.body !== undefined || route.method === 'post' || route.method === 'put';
}

export function createRequestCheck(
  route: Route,
  { bodyDepth, violations: maxFindings }: Pick<ApiLimits, 'bodyDepth' | 'violations'>,
): RequestCheck {
  const paramsCheck = route.params && createSchemaCheck(route.params, 'path');
  const queryCheck = createSchemaCheck(route.query ?? NOTHING, 'query');
  const bodyCheck = takesBody(route) ? createSchemaCheck(route.body ?? NOTHING, 'body') : undefined;

  function safe(value: unknown, part: Violation['in']): boolean {
    if (part === 'body' && route.unsafeItems) return true;
    return isSafe(value, bodyDepth);
  }

  function explain(value: unknown, part: Violation['in'], check?: SchemaCheck): Violation[] {
    if (safe(value, part)) return check ? check.violations(value, maxFindings) : [];
    return findUnsafe(value, part, { maxDepth: bodyDepth, maxFindings });
  }

  return {
    readQuery: createQueryReader(route.query ?? NOTHING),
    check({ params, query, body }) {
      const paramsFit =
        !hasLongParam(params) && safe(params, 'path') && (!paramsCheck || paramsCheck.fits(params));
      const queryFits = safe(query, 'query') && queryCheck.fits(query);
      const bodyFits = !bodyCheck || (safe(body, 'body') && bodyCheck.fits(body));
      if (paramsFit && queryFits && bodyFits) return;
      throw invalid(
        [
          ...(hasLongParam(params) ? longParams(params) : explain(params, 'path', paramsCheck)),
          ...explain(query, 'query', queryCheck),
          ...(bodyCheck ? explain(body, 'body', bodyCheck) : []),
        ].slice(0, maxFindings),
      );
    },
  };
}

function hasLongParam(params: RequestParts['params']): boolean {
  for (const name in params) if ((params[name] ?? '').length > MAX_PARAM_LENGTH) return true;
  return false;
}

function longParams(params: RequestParts['params']): Violation[] {
  return Object.keys(params)
    .filter((name) => (params[name] ?? '').length > MAX_PARAM_LENGTH)
    .map((name) => ({
      in: 'path',
      path: `/${name}`,
      message: `expected at most ${MAX_PARAM_LENGTH} characters`,
    }));
}

function invalid(violations: readonly Violation[]): RequestError {
  const [first, ...others] = violations;
  const where = first && `${first.in}${first.path === '' ? '' : ` ${first.path}`}`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return new RequestError('invalid_request', `${where}: ${first?.message}${more}`, violations);
}
