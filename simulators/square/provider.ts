import { createFaults } from '../shared/faults.ts';
import { fieldsOf, textOf } from '../shared/fields.ts';
import { createLimiter } from '../shared/limiter.ts';
import type { SimReply, SimRequest, SimulatedProvider } from '../shared/server.ts';
import { listCatalog, retrieveObject, searchCatalog, upsertCatalog } from './catalog.ts';
import { type Context, createContext, type SquareOptions } from './context.ts';
import { errorBody, failed, invalid } from './errors.ts';
import { authorize, obtainToken, revoke, revokeToken, tokenStatus } from './oauth.ts';
import * as orders from './orders.ts';
import * as payments from './payments.ts';
import * as payouts from './payouts.ts';
import { type Operation, OPERATIONS, problemsOf } from './schema.ts';

type Handler = (context: Context, request: SimRequest, id: string) => SimReply;

const HANDLERS: Readonly<Record<string, Handler>> = {
  ObtainToken: obtainToken,
  RevokeToken: revokeToken,
  RetrieveTokenStatus: tokenStatus,
  ListLocations: (context) => ({ status: 200, body: { locations: [locationOf(context)] } }),
  CreateOrder: orders.createOrder,
  RetrieveOrder: (context, _request, id) => orders.retrieveOrder(context, id),
  BatchRetrieveOrders: orders.batchRetrieveOrders,
  SearchOrders: orders.searchOrders,
  UpdateOrder: (context, request, id) => orders.updateOrder(context, id, request),
  PayOrder: (context, request, id) => orders.payOrder(context, id, request),
  CreatePayment: payments.createPayment,
  GetPayment: (context, _request, id) => payments.getPayment(context, id),
  ListPayments: payments.listPayments,
  CancelPayment: (context, _request, id) => payments.cancelPayment(context, id),
  CancelPaymentByIdempotencyKey: payments.cancelByKey,
  CompletePayment: (context, _request, id) => payments.completePayment(context, id),
  RefundPayment: payments.refundPayment,
  GetPaymentRefund: (context, _request, id) => payments.getRefund(context, id),
  ListPaymentRefunds: payments.listRefunds,
  ListPayouts: payouts.listPayouts,
  ListPayoutEntries: payouts.listEntries,
  BatchUpsertCatalogObjects: upsertCatalog,
  ListCatalog: listCatalog,
  SearchCatalogObjects: searchCatalog,
  RetrieveCatalogObject: (context, _request, id) => retrieveObject(context, id),
};

const locationOf = ({ locationId, merchantId, currency }: Context) => ({
  ...{ id: locationId, name: 'Main street', status: 'ACTIVE', timezone: 'America/New_York' },
  ...{ currency, country: 'US', merchant_id: merchantId, type: 'PHYSICAL' },
});

/** The rules of Square, without a network. Both directions are held against Square's own schema. */
export function createSquare(options: SquareOptions): SimulatedProvider {
  const context = createContext(options);
  const limiter = createLimiter(context.nowMs);
  const violations: string[] = [];
  let isDenied = false;

  function carriedOut(operation: Operation, request: SimRequest, id: string): SimReply {
    const { name, request: body, response } = operation;
    const [problem] = body === undefined ? [] : problemsOf(body, request.body);
    if (problem !== undefined) return invalid('INVALID_VALUE', problem, problem.split(':')[0]);
    const reply = HANDLERS[name]?.(context, request, id) ?? failed(501);
    const wrong = reply.status === 200 ? problemsOf(response, reply.body) : [];
    violations.push(...wrong.map((each) => `${name} ${each}`));
    return reply;
  }

  return {
    faults: createFaults(),
    errorBody,
    stale: () => context.setStale(true),
    fresh: () => context.setStale(false),
    handle(request) {
      if (request.path === '/oauth2/authorize') return authorize(context, request, isDenied);
      const operation = OPERATIONS.find(
        ({ method, path }) => method === request.method && path.test(request.path),
      );
      if (!operation) return failed(404);
      if (limiter.isOver()) return { ...failed(429), headers: { 'retry-after': '1' } };
      const { scopes } = operation;
      const isOpen = scopes === null || request.path.startsWith('/oauth2/token');
      const refusal = isOpen
        ? undefined
        : context.grants.refusal(request.header('authorization'), scopes);
      const id = operation.path.exec(request.path)?.[1] ?? '';
      return refusal ?? carriedOut(operation, request, decodeURIComponent(id));
    },
    control(request) {
      if (request.path === '/control/consent') {
        isDenied = fieldsOf(request.body)['isDenied'] === true;
        return { status: 200, body: { isDenied } };
      }
      if (request.path === '/control/limits') {
        limiter.set(Number(fieldsOf(request.body)['requestsPerSecond'] ?? 0));
        return { status: 200, body: {} };
      }
      return controlled(context, request, violations);
    },
  };
}

/** What tests ask for: all that is held, a sale at a terminal, the end of tokens. */
function controlled(
  context: Context,
  { method, path, body }: SimRequest,
  violations: readonly string[],
): SimReply | undefined {
  const [, kind, id = ''] = /^\/control\/([a-z]+)(?:\/(.+))?$/.exec(path) ?? [];
  switch (method === 'GET' ? kind : `${method} ${kind}`) {
    case 'state':
      return { status: 200, body: heldBy(context, violations) };
    case 'POST sales':
      return { status: 201, body: sellAtTerminal(context, fieldsOf(body)) };
    case 'POST payouts':
      return { status: 201, body: payouts.payOut(context, body) };
    case 'PUT refunds':
      return payments.settleRefund(context, id, String(fieldsOf(body)['status']));
    case 'POST revocations':
      revoke(context, 'MERCHANT');
      return { status: 200, body: {} };
    case 'POST expiries':
      context.grants.expire();
      return { status: 200, body: {} };
    default:
      return undefined;
  }
}

const heldBy = (context: Context, violations: readonly string[]) => ({
  orders: context.orders.all(),
  payments: context.payments.all(),
  refunds: context.refunds.all(),
  catalog: context.catalog.all(),
  grants: context.grants.report(),
  violations,
});

/** Its order has no version: the API cannot change it, and no `order.created` comes. */
function sellAtTerminal(context: Context, sale: Readonly<Record<string, unknown>>): unknown {
  const { locationId, currency } = context;
  const order = orders.saveOrder(
    context,
    orders.newOrder(context, {
      source: { name: 'Point of Sale' },
      ...sale,
      location_id: locationId,
    }),
    true,
  );
  const amount = Number(fieldsOf(order['total_money'])['amount']);
  const paid = payments.createPayment(context, {
    ...{ method: 'POST', path: '/v2/payments', query: new URLSearchParams(), text: '' },
    header: () => undefined,
    body: {
      ...{ source_id: textOf(sale['source_id']) ?? 'cnon:card-nonce-ok', order_id: order.id },
      amount_money: { amount, currency },
    },
  });
  return { order: context.orders.current(order.id), ...fieldsOf(paid.body) };
}
