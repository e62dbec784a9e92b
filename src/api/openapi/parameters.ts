import { KindGuard, type TSchema } from '@sinclair/typebox';

import type { Route } from '../route.ts';
import type { JsonSchema, SchemaBook } from './schemas.ts';

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
/** Without an example as such: the viewer would send it with every request that is tried. */
const header = (
  name: string,
  description: string,
  schema: JsonSchema,
  example: string,
  required = false,
) => ({
  name,
  in: 'header',
  required,
  description: `${description} Such as \`${example}\`.`,
  schema,
});

const POSITION = 'Position of a write, `<commit>.<prepare>`: the response is at least as new';

/** Parameters that many operations share, by the name of their reference. */
export const SHARED_PARAMETERS = {
  IdempotencyKey: header(
    'Idempotency-Key',
    'An id that the caller makes for this write. Repeats with the same id run once, for ever.',
    { ...text(200), pattern: '^[!-~]{1,200}$' },
    '0f9d2c1e-till-3-00042',
    true,
  ),
  IfMatch: header(
    'If-Match',
    'The ETag that was read: the response is 412 when the resource has changed since.',
    { type: 'string', pattern: '^"[0-9]{1,15}"$' },
    '"3"',
  ),
  IfNoneMatch: header(
    'If-None-Match',
    'The ETag of an earlier response: 304 without a body when nothing has changed.',
    { type: 'string' },
    '"3"',
  ),
  CorrelationId: header(
    'X-Correlation-Id',
    'An id for events and log lines; the server makes one when it is absent.',
    text(100),
    'a1b2c3',
  ),
  BranchId: header(
    'X-Branch-Id',
    'The branch that the request is for. Callers with roles in one branch only need not send it.',
    text(64),
    'center',
  ),
  DeviceId: header('X-Device-Id', 'The device that sends the request.', text(64), 'till-3'),
  OccurredAt: header(
    'X-Occurred-At',
    'When it happened, by the clock of the device (RFC 3339).',
    { type: 'string', format: 'date-time' },
    '2025-01-31T12:30:00Z',
  ),
  PositionHeader: header(
    'Tillstream-Position',
    `${POSITION}, else 425.`,
    { type: 'string', pattern: '^(-1|[0-9]{1,19})[.](-1|[0-9]{1,19})$' },
    '41.41',
  ),
  PositionQuery: {
    name: 'position',
    in: 'query',
    required: false,
    description: `${POSITION}. For callers that cannot set the header.`,
    schema: { type: 'string' },
  },
} as const;

export const SHARED_HEADERS = {
  CorrelationId: {
    description: 'The id of this request in events and log lines.',
    schema: { type: 'string' },
  },
  Position: {
    description: 'Position of this write in the log; pass it to a query to see the write.',
    schema: { type: 'string' },
  },
  ETag: { description: 'The revision of the resource.', schema: { type: 'string' } },
  Location: { description: 'Address of the resource.', schema: { type: 'string' } },
  Repeated: {
    description: '`true` when the command had run before: this is its first result.',
    schema: { type: 'string' },
  },
  RetryAfter: { description: 'Seconds to wait before a repeat.', schema: { type: 'integer' } },
  RateLimit: {
    description: 'For each limiter: requests left (`r`), and seconds until all are back (`t`).',
    schema: { type: 'string' },
  },
  RateLimitPolicy: {
    description: 'For each limiter: requests (`q`) per window of `w` seconds.',
    schema: { type: 'string' },
  },
  Challenge: { description: 'The authentication scheme.', schema: { type: 'string' } },
} as const;

/** All parameters of an operation: of its path and query, and the shared ones of its kind. */
export function parametersOf(route: Route, book: SchemaBook): readonly JsonSchema[] {
  const shared = (name: keyof typeof SHARED_PARAMETERS) => ({
    $ref: `#/components/parameters/${name}`,
  });
  const waits = route.method === 'get' && route.waits === true;
  return [
    ...pathParameters(route, book),
    ...queryParameters(route, book),
    ...(route.write
      ? [
          shared('IdempotencyKey'),
          ...(route.revisioned ? [shared('IfMatch')] : []),
          shared('DeviceId'),
          shared('OccurredAt'),
        ]
      : []),
    ...(route.method === 'get' && route.revisioned ? [shared('IfNoneMatch')] : []),
    ...(waits ? [shared('PositionHeader'), shared('PositionQuery')] : []),
    ...(route.permission === 'public' ? [] : [shared('BranchId')]),
    shared('CorrelationId'),
  ];
}

/** `/orders/:orderId` in the notation of OpenAPI. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function pathParameters({ path, params }: Route, book: SchemaBook): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: propertiesOf(params)[name]
      ? book.use(propertiesOf(params)[name] as TSchema)
      : { type: 'string', minLength: 1, maxLength: 200 },
  }));
}

function queryParameters({ query }: Route, book: SchemaBook): JsonSchema[] {
  const required = new Set<unknown>((query?.['required'] as unknown[] | undefined) ?? []);
  return Object.entries(propertiesOf(query)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.has(name),
    ...(schema.description !== undefined && { description: schema.description }),
    schema: book.use(schema),
  }));
}

function propertiesOf(schema: TSchema | undefined): Record<string, TSchema> {
  return schema && KindGuard.IsObject(schema) ? schema.properties : {};
}
