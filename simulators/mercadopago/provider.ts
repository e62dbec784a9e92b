import { createFaults } from '../shared/faults.ts';
import { fieldsOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest, SimulatedProvider } from '../shared/server.ts';
import { cancel, pay, search } from './charges.ts';
import { type Context, createContext, type MercadoPagoOptions } from './context.ts';
import { errorBody, failed } from './errors.ts';
import { withStatus } from './payments.ts';
import { checkOut, prefer, preferences } from './preferences.ts';
import { refund } from './refunds.ts';

/** The rules of Mercado Pago, without a network. */
export function createMercadoPago(options: MercadoPagoOptions): SimulatedProvider {
  const context = createContext(options);
  const { store, grants } = context;
  let isDenied = false;
  return {
    faults: createFaults(),
    errorBody,
    stale: () => store.setStale(true),
    fresh: () => store.setStale(false),
    handle(request) {
      const { method, path } = request;
      if (path === '/authorization') return grants.authorize(request, isDenied);
      if (path === '/oauth/token' && method === 'POST') return grants.obtain(request);
      if (!grants.isAllowed(request.header('authorization'))) return failed(401);
      if (method === 'POST' && request.body === undefined) return failed(400);
      return handled(context, request);
    },
    control(request) {
      if (request.path !== '/control/consent') return controlled(context, request);
      isDenied = fieldsOf(request.body)['isDenied'] === true;
      return { status: 200, body: { isDenied } };
    },
  };
}

function handled(context: Context, request: SimRequest): SimReply {
  const { method, path } = request;
  if (/^\/checkout\/preferences\/?$/.test(path) && method === 'POST') {
    return prefer(context, request);
  }
  if (path.startsWith('/checkout/preferences/') && method === 'GET') {
    return preferences(context, request);
  }
  if (path === '/v1/payments' && method === 'POST') return pay(context, request);
  if (path === '/v1/payments/search' && method === 'GET') return search(context, request);
  const [, id, part] = /^\/v1\/payments\/(\d{1,15})(?:\/(refunds))?$/.exec(path) ?? [];
  return id === undefined ? failed(404) : onPayment(context, Number(id), part, request);
}

function onPayment(
  context: Context,
  id: number,
  part: string | undefined,
  request: SimRequest,
): SimReply {
  const { method } = request;
  if (part === 'refunds' && method === 'POST') return refund(context, id, request);
  if (part === undefined && method === 'PUT') return cancel(context, id, request);
  const payment = context.store.seen(id);
  if (method !== 'GET' || !payment) return failed(404, 2000, 'Payment not found');
  return { status: 200, body: part === 'refunds' ? payment.refunds : payment };
}

/** What tests ask for: all that is held, a payer at the checkout, another status of a payment. */
function controlled(context: Context, { method, path, body }: SimRequest): SimReply | undefined {
  const { store, now, save, grants } = context;
  if (method === 'POST' && path === '/control/revocations') grants.revoke();
  else if (method === 'POST' && path === '/control/expiries') grants.expire();
  const form = /^\/control\/(state|payments|checkouts|revocations|expiries)(?:\/(.+))?$/;
  const [, kind, id = ''] = form.exec(path) ?? [];
  if (kind === 'revocations' || kind === 'expiries') return { status: 200, body: {} };
  if (kind === 'state') {
    const preferences = [...store.preferences.values()];
    const held = { payments: store.all(), preferences, grants: grants.report() };
    return { status: 200, body: held };
  }
  if (kind === 'checkouts' && method === 'POST') return checkOut(context, id, body);
  const payment = kind === 'payments' ? store.current(Number(id)) : undefined;
  if (!payment || method !== 'PUT') return undefined;
  const { status, status_detail: detail } = fieldsOf(body);
  const next = withStatus(payment, String(status), textOf(detail) ?? 'accredited', now());
  return { status: 200, body: save(next, 'updated') };
}
