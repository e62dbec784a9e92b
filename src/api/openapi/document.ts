import { rolesWith } from '../../domain/kernel/permissions.ts';
import { ProblemSchema } from '../problem.ts';
import type { Route } from '../route.ts';
import { parametersOf, SHARED_HEADERS, SHARED_PARAMETERS, templateOf } from './parameters.ts';
import { problemExamples, problemResponses, RATE_LIMIT_HEADERS } from './problems.ts';
import { createSchemaBook, type JsonSchema, type SchemaBook } from './schemas.ts';

const DESCRIPTION = [
  'Orders, customer accounts and payments of a shop, kept as events.',
  'Every write has an `Idempotency-Key`: a repeated write runs once, and gets the first response, for ever.',
  'The response to a write has a `Tillstream-Position`; a query with that position shows the write.',
  'Money is integer minor units with an ISO 4217 currency.',
  'Errors are `application/problem+json`; branch on `code`. See [all codes](/docs/errors).',
].join('\n\n');

const FIRST_TAGS = ['Orders', 'Payments', 'Customers'];

export interface DocumentOptions {
  readonly routes: readonly Route[];
  readonly version: string;
  /** Resolves in a later turn of the event loop. */
  readonly rest: () => Promise<void>;
}

/** Operations that are written in one turn of the event loop: some milliseconds. */
const OPERATIONS_A_TURN = 8;

/**
 * The OpenAPI 3.1 document of the routes as JSON, made from the schemas that validate requests and
 * responses (B5). It is large, so that it is written in many turns: shops go on meanwhile.
 */
export async function writeOpenApi({ routes, version, rest }: DocumentOptions): Promise<string> {
  const book = createSchemaBook();
  book.use(ProblemSchema);
  const paths = new Map<string, string[]>();
  for (const [i, route] of routes.entries()) {
    if (i % OPERATIONS_A_TURN === 0) await rest();
    const path = templateOf(route.path);
    const written = `"${route.method}":${JSON.stringify(operation(route, book))}`;
    paths.set(path, [...(paths.get(path) ?? []), written]);
  }
  await rest();
  const items = [...paths].map(([path, written]) => `${JSON.stringify(path)}:{${written.join()}}`);
  const head = JSON.stringify(headOf(routes, version)).slice(0, -1);
  const components = JSON.stringify(componentsOf(book));
  return `${head},"paths":{${items.join()}},"components":${components}}`;
}

function headOf(routes: readonly Route[], version: string): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tillstream',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tagsOf(routes).map((name) => ({ name })),
  };
}

function componentsOf(book: SchemaBook): JsonSchema {
  return {
    schemas: Object.fromEntries(book.named),
    parameters: SHARED_PARAMETERS,
    headers: SHARED_HEADERS,
    examples: problemExamples(),
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the shop.' },
    },
  };
}

/** What a shop does all day comes first; the rest in the order of the routes. */
function tagsOf(routes: readonly Route[]): readonly string[] {
  const used = new Set(routes.map(({ tag }) => tag));
  return [...new Set([...FIRST_TAGS.filter((tag) => used.has(tag)), ...used])];
}

function operation(route: Route, book: SchemaBook): JsonSchema {
  const { operationId, summary, description, tag, permission } = route;
  const rights =
    permission === 'public'
      ? 'Public.'
      : `Needs \`${permission}\`: ${rolesWith(permission).join(', ')}.`;
  return {
    operationId,
    summary,
    description: description === undefined ? rights : `${description}\n\n${rights}`,
    tags: [tag],
    security: permission === 'public' ? [] : [{ apiKey: [] }],
    parameters: parametersOf(route, book),
    ...(route.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: book.use(route.body),
            ...(route.example !== undefined && { example: route.example as unknown }),
          },
        },
      },
    }),
    responses: { ...successes(route, book), ...problemResponses(route) },
  };
}

function successes(route: Route, book: SchemaBook): Record<string, JsonSchema> {
  const ref = (name: string) => ({ $ref: `#/components/headers/${name}` });
  const headers = {
    'X-Correlation-Id': ref('CorrelationId'),
    ...((route.permission !== 'public' || route.limiters) && RATE_LIMIT_HEADERS),
    ...(route.write && {
      'Tillstream-Position': ref('Position'),
      'Tillstream-Repeated': ref('Repeated'),
    }),
    ...(route.revisioned && { ETag: ref('ETag') }),
    ...(route.located && { Location: ref('Location') }),
  };
  const schema = book.use(route.response);
  const responseOf = (text: string) => ({
    description: text,
    headers,
    content: { [route.produces ?? 'application/json']: { schema } },
  });
  const others = (route.otherStatuses ?? []).map((status) => [
    status,
    responseOf('The check failed.'),
  ]);
  return {
    [route.status]: responseOf('Success.'),
    ...(Object.fromEntries(others) as Record<string, JsonSchema>),
    ...(route.method === 'get' &&
      route.revisioned && {
        304: { description: 'Not modified: the ETag that was sent is the present one.', headers },
      }),
  };
}
