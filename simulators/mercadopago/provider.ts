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
  const { store } = context;
  return {
    faults: createFaults(),
    errorBody,
    stale: () => store.setStale(true),
    fresh: () => store.setStale(false),
    handle(request) {
      const isAllowed = request.header('authorization') === `Bearer ${options.accessToken}`;
      if (!isAllowed) return failed(401);
      if (request.method === 'POST' && request.body === undefined) return failed(400);
      return handled(context, request);
    },
    control: (request) => controlled(context, request),
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
  const { store, now, save } = context;
  const [, kind, id = ''] = /^\/control\/(state|payments|checkouts)(?:\/(.+))?$/.exec(path) ?? [];
  if (kind === 'state') {
    const held = { payments: store.all(), preferences: [...store.preferences.values()] };
    return { status: 200, body: held };
  }
  if (kind === 'checkouts' && method === 'POST') return checkOut(context, id, body);
  const payment = kind === 'payments' ? store.current(Number(id)) : undefined;
  if (!payment || method !== 'PUT') return undefined;
  const { status, status_detail: detail } = fieldsOf(body);
  const next = withStatus(payment, String(status), textOf(detail) ?? 'accredited', now());
  return { status: 200, body: save(next, 'updated') };
}
