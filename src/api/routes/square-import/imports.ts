import { Type } from '@sinclair/typebox';

import type { JsonNode } from '../../../commands/square-import/json-node.ts';
import {
  importSquareOrders,
  OUTCOMES,
  type Importer,
} from '../../../commands/square-import/import-orders.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import { API_LIMITS } from '../../limits.ts';
import { RequestError } from '../../problem.ts';
import { route, type ApiRequest, type Route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { isDateTime } from '../../validation/formats.ts';
import { findUnsafe, isSafe } from '../../validation/unsafe.ts';
import { oneOf } from '../../../domain/kernel/schema.ts';
import { settlementOf } from '../orders/settlement.ts';

const MIB = 1_048_576;
/** Difference allowed between a provider's clock and the server's. */
const CLOCK_TOLERANCE_MS = 3_600_000;
/** So that one request ends well within its time. */
export const MAX_IMPORT_ITEMS = 5_000;
/** Parsed in one turn of the event loop, so that nothing else waits long for it. */
const MAX_IMPORT_BYTES = 4 * MIB;

const asTheyCome = { additionalProperties: true };
const SquareOrders = Type.Union(
  [
    Type.Array(Type.Unknown()),
    Type.Object({ orders: Type.Array(Type.Unknown()) }, asTheyCome),
    Type.Object({ order: Type.Unknown() }, asTheyCome),
  ],
  {
    description:
      "Orders as Square's API gives them: a list, an answer with `orders`, or one with `order`.",
  },
);

const Counts = Type.Object({
  imported: Type.Integer(),
  repeated: Type.Integer({ description: 'Imported before, the same version.' }),
  changed: Type.Integer({ description: 'Imported before, another version: it stays as it was.' }),
  refused: Type.Integer({ description: 'Understood, and against a rule.' }),
  invalid: Type.Integer({ description: 'Not as Square documents its orders.' }),
});

const ImportAnswer = Type.Object({
  counts: Counts,
  items: Type.Array(
    Type.Object({
      index: Type.Integer(),
      sourceId: Type.Optional(Type.String()),
      outcome: oneOf(OUTCOMES),
      orderId: Type.Optional(Type.String()),
      code: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
    }),
  ),
  position: Type.Optional(Type.String({ description: 'Absent when nothing was recorded.' })),
});

function itemsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const { orders, order } = body as { orders?: unknown; order?: unknown };
  return Array.isArray(orders) ? orders : [order];
}

function importerOf(request: ApiRequest<unknown, unknown, unknown>, services: Services): Importer {
  const { calendar, clock, digest, commands, logger } = services;
  const { context, envelope } = settlementOf(request, services);
  const { storeId } = context;
  return {
    commands,
    clock,
    digest,
    context,
    envelope,
    businessDayOf(instant: JsonNode) {
      const text = instant.text();
      if (!isDateTime(text)) throw instant.unexpected('a time as in RFC 3339');
      const atMs = Date.parse(text);
      if (atMs > clock.now() + CLOCK_TOLERANCE_MS)
        throw instant.unexpected('a time that has passed');
      return calendar.businessDay(storeId, atMs);
    },
    findUnsafe(item) {
      const maxDepth = API_LIMITS.bodyDepth;
      if (isSafe(item, maxDepth)) return undefined;
      const [first] = findUnsafe(item, 'body', { maxDepth, maxFindings: 1 });
      return `${first?.path ?? ''}: ${first?.message ?? 'expected plain JSON'}`;
    },
    onBug(error, sourceId) {
      logger.error({ error: String(error), sourceId }, 'an imported order met a bug');
    },
  };
}

const importOrders = route({
  method: 'post',
  path: '/imports/orders',
  operationId: 'importOrders',
  summary: 'Take over orders from Square',
  description: `Amounts are copied as they are. Each order is taken over once, by its id and version at Square, whatever the key; a repeat reports it as \`repeated\`. A bad item never stops the others. At most ${MAX_IMPORT_ITEMS} orders and 4 MiB.`,
  tag: 'Imports',
  permission: 'orders:import',
  body: SquareOrders,
  bodyLimitBytes: MAX_IMPORT_BYTES,
  unsafeItems: true,
  status: 200,
  response: ImportAnswer,
  write: true,
  example: { orders: [] },
  async handle(request, services) {
    const items = itemsOf(request.body);
    if (items.length > MAX_IMPORT_ITEMS) {
      const message = `expected at most ${MAX_IMPORT_ITEMS} orders, found ${items.length}`;
      throw new RequestError('invalid_request', `body: ${message}`, [
        { in: 'body', path: '', message },
      ]);
    }
    const report = await importSquareOrders(importerOf(request, services), items);
    const { counts, position } = report;
    const body = { counts, items: report.items.map((item) => ({ ...item })) };
    if (!position) return { status: 200, body };
    return { status: 200, position, body: { ...body, position: formatPosition(position) } };
  },
});

export const importRoutes: readonly Route[] = [importOrders];
