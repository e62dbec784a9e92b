import { Type } from '@sinclair/typebox';

import type { Days } from '../../../commands/books/read-provider.ts';
import { reconcile } from '../../../commands/books/reconcile.ts';
import { requestSettlement } from '../../../commands/books/request-posting.ts';
import { importSquareOrders } from '../../../commands/square-import/import-orders.ts';
import { MAX_SETTLED_DOCUMENTS } from '../../../domain/deliveries/index.ts';
import { integrationDecider } from '../../../domain/integrations/index.ts';
import { DomainError, NotFoundError, UpstreamError } from '../../../domain/kernel/errors.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import { described, Id, optional, strict } from '../../../domain/kernel/schema.ts';
import { orderDecider } from '../../../domain/orders/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { writtenAt } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { daysQuery } from '../../schemas.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import { OrderParams } from '../orders/schemas.ts';
import { importerOf } from '../square-import/imports.ts';
import { daysOf, ownReads } from './own-reads.ts';
import { reconciliationBody, ReconciliationSchema } from './reconciliation-body.ts';

const tag = 'Books';
const MAX_DAYS = 31;
/** Pages of both providers are read one after the other, at their limits. */
const DEADLINE_MS = 300_000;

const MAX_TOLERANCE_MINOR = 1_000_000;

const compare = route({
  method: 'get',
  path: '/reconciliation',
  operationId: 'reconcile',
  summary: 'Square, this shop and QuickBooks side by side, and what differs, with its cause',
  description: `Reads what both providers have now, page by page, and compares it sale by sale. A system that could not be read is null in the sums, and nothing is said about it. Today by default; at most ${MAX_DAYS} days. Items are compared only with \`items=true\`.`,
  tag,
  permission: 'orders:read',
  query: Type.Object({
    ...daysQuery,
    toleranceMinor: optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_TOLERANCE_MINOR,
        description: 'Differences of a sum up to this are left out. Default 0.',
      }),
    ),
    items: optional(
      Type.Boolean({ description: 'Compare also where each amount goes. Takes longer.' }),
    ),
  }),
  status: 200,
  response: ReconciliationSchema,
  write: false,
  waits: true,
  heavy: true,
  deadlineMs: DEADLINE_MS,
  errors: ['too_many_days'],
  async handle({ query, reads, caller }, services) {
    const storeId = caller.shop.id;
    const { clock, calendar } = services;
    const to = query.to ?? query.from ?? calendar.businessDay(storeId, clock.now());
    const days = { from: query.from ?? to, to };
    assertDays(days);
    const found = await reconcile(
      { ...services, reads: ownReads(reads, services, storeId) },
      {
        ...{ storeId, days, toleranceMinor: query.toleranceMinor ?? 0 },
        withItems: query.items ?? false,
      },
    );
    return { status: 200, body: reconciliationBody(found, days) };
  },
});

/** @throws DomainError too_many_days, invalid_request. */
function assertDays(days: Days): void {
  if (days.to < days.from) {
    throw new DomainError('invalid_request', `expected from ${days.from} to be at most ${days.to}`);
  }
  const count = daysOf(days).length;
  if (count <= MAX_DAYS) return;
  throw new DomainError('too_many_days', `expected at most ${MAX_DAYS} days, found ${count}`);
}

const Documents = Type.Array(
  strict({
    entity: Type.String({ pattern: '^[A-Za-z]{1,40}$' }),
    id: Type.String({ pattern: '^[!-~]{1,50}$' }),
  }),
  {
    maxItems: MAX_SETTLED_DOCUMENTS,
    description: 'Documents of the sale as `GET /reconciliation` lists them.',
  },
);

const settle = route({
  method: 'post',
  path: '/orders/:orderId/books/settle',
  operationId: 'settleSale',
  summary: 'Bring the books to one right document of a sale or refund',
  description:
    'Whatever they have: a missing document is posted, a changed one is corrected, others of the same sale are deleted, and what is no sale is deleted as well. It is a delivery, so it is retried, and parked in words where the books refuse it.',
  tag,
  permission: 'deliveries:manage',
  params: OrderParams,
  body: strict({
    refundId: optional(described(Id, 'One of its refunds; absent: its sale.')),
    correctionId: optional(described(Id, 'One of its changes after it was sold.')),
    documents: optional(Documents),
  }),
  status: 202,
  response: Type.Object({
    deliveryId: Type.String({
      description: '`GET /deliveries/{deliveryId}` shows what became of it.',
    }),
    revision: Type.Integer(),
    position: Type.String(),
  }),
  write: true,
  example: { documents: [{ entity: 'SalesReceipt', id: '145' }] },
  errors: ['order_not_found', 'integration_not_found'],
  async handle(request, services) {
    const { orderId } = request.params;
    const { refundId, correctionId, documents = [] } = request.body;
    const { commands } = services;
    const storeId = request.caller.shop.id;
    const { state } = await commands.load(orderDecider, storeId, orderId);
    if (state.status === 'none') {
      throw new NotFoundError('order_not_found', `there is no order ${orderId}`, { orderId });
    }
    const { state: connection } = await commands.load(integrationDecider, storeId, 'quickbooks');
    if (connection.status === 'none') {
      throw new NotFoundError('integration_not_found', 'there is no connection with QuickBooks');
    }
    const sequence = sequenceOf(request, services);
    const of = omitUndefined({ refundId, correctionId });
    const content = { orderId, ...of, settles: documents };
    const { deliveryId, result } = await requestSettlement(sequence, content);
    return {
      ...{ status: 202, revision: result.revision, position: result.position },
      body: { deliveryId, ...writtenAt(result) },
    };
  },
});

const fetchSale = route({
  method: 'post',
  path: '/reconciliation/import/:squareOrderId',
  operationId: 'importSale',
  summary: 'Take a sale over from Square that is missing here',
  tag,
  permission: 'orders:import',
  params: Type.Object({ squareOrderId: described(Id, 'Its id at Square.') }),
  status: 200,
  response: Type.Object({
    outcome: Type.String({ description: 'As `POST /imports/orders` reports it.' }),
    orderId: optional(Type.String()),
    code: optional(Type.String()),
    reason: optional(Type.String()),
    position: optional(Type.String()),
  }),
  write: true,
  unsafeItems: true,
  deadlineMs: 60_000,
  errors: ['integration_not_found', 'sale_not_found_at_provider', 'provider_not_readable'],
  async handle(request, services) {
    const { squareOrderId } = request.params;
    const value = await orderAtSquare(services, request.caller.shop.id, squareOrderId);
    const report = await importSquareOrders(importerOf(request, services), [{ value, path: '' }]);
    const [item] = report.items;
    const { position } = report;
    const { outcome = 'invalid', orderId, code, reason } = item ?? {};
    const body = {
      outcome,
      ...(orderId !== undefined && { orderId }),
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
    };
    if (!position) return { status: 200, body };
    return { status: 200, position, body: { ...body, position: formatPosition(position) } };
  },
});

/**
 * @throws UpstreamError provider_not_readable.
 * @throws NotFoundError integration_not_found, sale_not_found_at_provider.
 */
async function orderAtSquare(
  { connections }: Pick<Services, 'connections'>,
  storeId: string,
  id: string,
): Promise<unknown> {
  const opened = await connections.open(storeId, 'square', 'medium');
  const found = opened.kind === 'ok' ? await opened.value.client.sales?.get(id) : opened;
  if (found?.kind !== 'ok') {
    const code = found?.code ?? 'not_offered';
    if (code === 'not_connected') {
      throw new NotFoundError('integration_not_found', 'there is no connection with Square');
    }
    throw new UpstreamError('provider_not_readable', `Square was not read: ${code}`, { code });
  }
  if (found.value !== undefined) return found.value;
  throw new NotFoundError('sale_not_found_at_provider', `Square has no order ${id}`, { id });
}

export const reconciliationRoutes: readonly Route[] = [compare, settle, fetchSale];
