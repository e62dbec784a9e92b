import { Type } from '@sinclair/typebox';

import { type Route, route } from '../../route.ts';

export const openApiRoute: Route = route({
  method: 'get',
  path: '/openapi.json',
  operationId: 'getOpenApi',
  summary: 'This API as an OpenAPI 3.1 document',
  tag: 'Documentation',
  permission: 'public',
  servesAlways: true,
  status: 200,
  response: Type.Object({}, { additionalProperties: true }),
  write: false,
  handle: async (_request, { server }) => ({
    status: 200,
    body: {},
    content: await server.openApi(),
  }),
});
