import { Type } from '@sinclair/typebox';

import { route, type Route } from '../../route.ts';

/** The document is made when it is first asked for, and once. */
export function openApiRoute(create: () => object): Route {
  let document: object | undefined;
  return route({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This API as an OpenAPI 3.1 document',
    tag: 'Documentation',
    access: 'public',
    status: 200,
    response: Type.Object({}, { additionalProperties: true }),
    write: false,
    handle: () => Promise.resolve({ status: 200, body: (document ??= create()) }),
  });
}
