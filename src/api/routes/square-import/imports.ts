import { Type } from '@sinclair/typebox';

import {
  type Importer,
  type ImportItem,
  importSquareOrders,
} from '../../../commands/square-import/import-orders.ts';
import type { JsonNode } from '../../../commands/square-import/json-node.ts';
import { OUTCOMES } from '../../../commands/square-import/outcomes.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import { oneOf } from '../../../domain/kernel/schema.ts';
import { faultFields, noticesOf } from '../../import-schemas.ts';
import { RequestError } from '../../problem.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import { isDateTime } from '../../validation/formats.ts';

const MIB = 1_048_576;
/** Difference allowed between a provider's clock and the server's. */
const CLOCK_TOLERANCE_MS = 3_600_000;
/** Keeps one request well within its time limit. */
export const MAX_IMPORT_ITEMS = 5_000;
/** Parsed in one turn of the event loop, so that nothing else waits long for it. */
const MAX_IMPORT_BYTES = 4 * MIB;

const withMore = { additionalProperties: true };
const SquareOrders = Type.Union(
  [
    Type.Array(Type.Unknown()),
    Type.Object({ orders: Type.Array(Type.Unknown()) }, withMore),
    Type.Object({ order: Type.Unknown() }, withMore),
  ],
  {
    description:
      "Orders as Square's API returns them: a list, a response with `orders`, or one with `order`. Fields that the import does not read are not checked.",
  },
);

const Counts = Type.Object({
  imported: Type.Integer(),
  repeated: Type.Integer({ description: 'This version, or a later one, was imported before.' }),
  changed: Type.Integer({
    description:
      'A later version of an order that was imported before: it was followed; with a `code`, it was not.',
  }),
  skipped: Type.Integer({ description: 'Not a sale: a draft, or a drawer opened without a sale.' }),
  refused: Type.Integer({ description: 'Well-formed, but breaks a rule.' }),
  invalid: Type.Integer({ description: 'Not as Square documents its orders.' }),
});

const ImportResponse = Type.Object({
  counts: Counts,
  items: Type.Array(
    Type.Object({
      index: Type.Integer(),
      sourceId: Type.Optional(Type.String({ description: "The order's id at Square." })),
      outcome: oneOf(OUTCOMES),
      orderId: Type.Optional(Type.String()),
      code: Type.Optional(
        Type.String({ description: 'Absent when the whole order was imported, now or before.' }),
      ),
      ...faultFields,
      notices: noticesOf('What was not imported as it stands, such as a tender that is not paid.'),
    }),
  ),
  position: Type.Optional(Type.String({ description: 'Absent when the import recorded nothing.' })),
});

function itemsOf(body: unknown): readonly ImportItem[] {
  const listed = (items: readonly unknown[], path: string) =>
    items.map((value, i) => ({ value, path: `${path}/${i}` }));
  if (Array.isArray(body)) return listed(body, '');
  const { orders, order } = body as { orders?: unknown; order?: unknown };
  return Array.isArray(orders) ? listed(orders, '/orders') : [{ value: order, path: '/order' }];
}

/** Imports for the caller of a request. */
export function importerOf(
  request: ApiRequest<unknown, unknown, unknown>,
  services: Services,
): Importer {
  const { calendar, clock, digest, commands, logger, turns } = services;
  const { context, envelope } = sequenceOf(request, services);
  const { storeId } = context;
  return {
    commands,
    clock,
    digest,
    context,
    envelope,
    businessDayOf(instant: JsonNode) {
      const text = instant.text();
      if (!isDateTime(text)) throw instant.unexpected('an RFC 3339 time');
      const atMs = Date.parse(text);
      if (atMs > clock.now() + CLOCK_TOLERANCE_MS) throw instant.unexpected('a time in the past');
      return calendar.businessDay(storeId, atMs);
    },
    takeTurn: () => turns.take(storeId),
    onUnexpectedError(error, sourceId) {
      logger.error({ error: String(error), sourceId }, 'import: unexpected error');
    },
  };
}

const importOrders = route({
  method: 'post',
  path: '/imports/orders',
  operationId: 'importOrders',
  summary: 'Import orders from Square',
  description: `Amounts are copied as they are. Each order is imported once, by its id and version at Square, whatever the key; an order imported before is reported as \`repeated\`, and one whose later version was followed as \`changed\`. A refused or invalid item does not stop the others. At most ${MAX_IMPORT_ITEMS} orders and 4 MiB.`,
  tag: 'Imports',
  permission: 'orders:import',
  body: SquareOrders,
  bodyLimitBytes: MAX_IMPORT_BYTES,
  unsafeItems: true,
  heavy: true,
  deadlineMs: 300_000,
  status: 200,
  response: ImportResponse,
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
    const body = {
      counts,
      items: report.items.map(({ notices, ...item }) => ({
        ...item,
        ...(notices && { notices: [...notices] }),
      })),
    };
    if (!position) return { status: 200, body };
    return { status: 200, position, body: { ...body, position: formatPosition(position) } };
  },
});

export const importRoutes: readonly Route[] = [importOrders];
