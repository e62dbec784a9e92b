import { KindGuard, type Static, type TSchema } from '@sinclair/typebox';

import { route, type ApiRequest, type Route } from './route.ts';
import type { Services } from './services.ts';

interface QueryDefinition<P extends TSchema, Q extends TSchema, R extends TSchema> extends Pick<
  Route<P, Q, TSchema, R>,
  | 'path'
  | 'operationId'
  | 'summary'
  | 'description'
  | 'tag'
  | 'permission'
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
 * position that the caller names; one that reads only the log sets `waits: false`.
 */
export function query<P extends TSchema, Q extends TSchema, R extends TSchema>(
  definition: QueryDefinition<P, Q, R>,
): Route {
  const { read, revision, ...rest } = definition;
  return route<P, Q, TSchema, R>({
    waits: true,
    heavy: isPaged(definition.query) || definition.permission === 'history:read',
    ...rest,
    method: 'get',
    status: 200,
    write: false,
    async handle(request, services) {
      const body = await read(request, services);
      return { status: 200, body, ...(revision && { revision: revision(body) }) };
    },
  });
}

function isPaged(schema: TSchema | undefined): boolean {
  return schema !== undefined && KindGuard.IsObject(schema) && 'limit' in schema.properties;
}
