import { KindGuard, type Static, type TSchema } from '@sinclair/typebox';

import { boundCursors } from './bound-cursor.ts';
import { RequestError } from './problem.ts';
import { type ApiRequest, type Route, route } from './route.ts';
import type { Services } from './services.ts';

interface QueryDefinition<P extends TSchema, Q extends TSchema, R extends TSchema> extends Pick<
  Route<P, Q, TSchema, R>,
  | 'path'
  | 'operationId'
  | 'summary'
  | 'description'
  | 'tag'
  | 'permission'
  | 'scope'
  | 'params'
  | 'query'
  | 'response'
  | 'errors'
  | 'waits'
> {
  /** Reads the body of the response. */
  readonly read: (
    request: ApiRequest<Static<P>, Static<Q>, unknown>,
    services: Services,
  ) => Promise<Static<R>>;
  /** The revision of the document, which becomes the ETag. */
  readonly revision?: (body: Static<R>) => number;
}

/**
 * An operation that reads. Its reads wait by themselves until their read model has reached the
 * position that the caller names; one that reads only the log sets `waits: false`. Cursors are
 * bound to the list, and a range that ends before it begins is refused.
 */
export function query<P extends TSchema, Q extends TSchema, R extends TSchema>(
  definition: QueryDefinition<P, Q, R>,
): Route {
  const { read, revision, ...rest } = definition;
  const isList = fieldsOf(definition.query)['cursor'] !== undefined;
  const hasRange = isRange(definition.query);
  return route<P, Q, TSchema, R>({
    waits: true,
    heavy: isPaged(definition.query) || HEAVY.includes(definition.permission),
    ...rest,
    method: 'get',
    status: 200,
    write: false,
    ...(revision && { revisioned: true }),
    async handle(request, services) {
      if (hasRange) assertRange(request.query as Fields);
      const body = isList
        ? await readBound(definition.operationId, read, request, services)
        : await read(request, services);
      return { status: 200, body, ...(revision && { revision: revision(body) }) };
    },
  });
}

function isPaged(schema: TSchema | undefined): boolean {
  return schema !== undefined && KindGuard.IsObject(schema) && 'limit' in schema.properties;
}

/** Each of these reads many events for one page. */
const HEAVY: readonly Route['permission'][] = ['history:read', 'audit:read'];

type Fields = Readonly<Record<string, unknown>>;

async function readBound<P extends TSchema, Q extends TSchema, R extends TSchema>(
  operationId: string,
  read: QueryDefinition<P, Q, R>['read'],
  request: ApiRequest<Static<P>, Static<Q>, unknown>,
  services: Services,
): Promise<Static<R>> {
  const asked = request.query as Fields;
  const scope = { storeId: request.caller.shop.id, operationId, params: request.params };
  const cursors = boundCursors({ ...scope, query: asked }, (text) => services.digest.sha256(text));
  const { cursor } = asked;
  const inner = typeof cursor === 'string' ? { ...asked, cursor: cursors.unbind(cursor) } : asked;
  const body = (await read({ ...request, query: inner }, services)) as Fields;
  const { nextCursor } = body;
  if (typeof nextCursor !== 'string') return body;
  return { ...body, nextCursor: cursors.bind(nextCursor) } as Static<R>;
}

/** Whether a query has `from` and `to` that are both days, or both times. */
function isRange(schema: TSchema | undefined): boolean {
  const { from, to } = fieldsOf(schema) as Record<string, TSchema | undefined>;
  const format: unknown = from?.['format'];
  return format !== undefined && format === to?.['format'];
}

/** @throws RequestError invalid_request when `from` is after `to`. */
function assertRange({ from, to }: Fields): void {
  if (typeof from !== 'string' || typeof to !== 'string') return;
  if (Date.parse(from) <= Date.parse(to)) return;
  const message = `expected from at or before to, found ${from} after ${to}`;
  throw new RequestError('invalid_request', message, [{ in: 'query', path: '/from', message }]);
}

function fieldsOf(schema: TSchema | undefined): Fields {
  return schema && KindGuard.IsObject(schema) ? schema.properties : {};
}
