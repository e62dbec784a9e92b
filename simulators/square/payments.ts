import { fieldsOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import { type Context, onceByKey, pageOf, type Thing } from './context.ts';
import { failed, invalid, notFound } from './errors.ts';
import { completePaymentOf, newOrder, saveOrder } from './orders.ts';

const MAX_PAGE = 100;
const SOURCES: Readonly<Record<string, string>> = { CASH: 'CASH', EXTERNAL: 'EXTERNAL' };
/** Test nonces of the provider that a bank declines. */
const DECLINED: Readonly<Record<string, string>> = {
  'cnon:card-nonce-declined': 'GENERIC_DECLINE',
  'cnon:card-nonce-rejected-cvv': 'CVV_FAILURE',
  'cnon:card-nonce-rejected-expiration': 'INVALID_EXPIRATION',
};

const ok = (body: unknown): SimReply => ({ status: 200, body });
const amountOf = (money: unknown) => Number(fieldsOf(money)['amount'] ?? 0);

/** `POST /v2/payments`: one payment for each key. */
export function createPayment(context: Context, request: SimRequest): SimReply {
  return onceByKey(context, 'CreatePayment', request, () => {
    const fields = fieldsOf(request.body);
    const source = String(fields['source_id']);
    const money = fieldsOf(fields['amount_money']);
    if (amountOf(money) <= 0)
      return invalid('VALUE_TOO_LOW', 'The amount is too low.', 'amount_money');
    if (money['currency'] !== context.currency) {
      return invalid(
        'CURRENCY_MISMATCH',
        'The currency is not that of the seller.',
        'amount_money',
      );
    }
    const declined = DECLINED[source];
    if (declined !== undefined) {
      return failed(400, { category: 'PAYMENT_METHOD_ERROR', code: declined });
    }
    if (source === 'EXTERNAL' && fields['external_details'] === undefined) {
      return invalid('MISSING_REQUIRED_PARAMETER', 'Is required.', 'external_details');
    }
    const order = orderOf(context, textOf(fields['order_id']), amountOf(money));
    if (!order)
      return invalid('BAD_REQUEST', 'The amount is more than the order needs.', 'order_id');
    return ok({ payment: charge(context, request, order) });
  });
}

function orderOf(context: Context, id: string | undefined, amount: number): Thing | undefined {
  const { currency, locationId, orders } = context;
  if (id !== undefined) {
    const order = orders.current(id);
    return order && amountOf(order['net_amount_due_money']) >= amount ? order : undefined;
  }
  const base_price_money = { amount, currency };
  const line = { quantity: '1', item_type: 'CUSTOM_AMOUNT', base_price_money };
  return saveOrder(
    context,
    newOrder(context, { location_id: locationId, line_items: [line] }),
    true,
  );
}

function charge(context: Context, request: SimRequest, order: Thing): Thing {
  const fields = fieldsOf(request.body);
  const at = context.now();
  const { currency } = context;
  const tip = fields['tip_money'] ?? { amount: 0, currency };
  const total = amountOf(fields['amount_money']) + amountOf(tip);
  const source = SOURCES[String(fields['source_id'])] ?? 'CARD';
  const id = context.newId('payment');
  const made = context.payments.put({
    ...{ id, status: 'APPROVED', created_at: at, updated_at: at, source_type: source },
    ...{ amount_money: fields['amount_money'], tip_money: tip },
    total_money: { amount: total, currency },
    ...(source === 'CARD' && {
      approved_money: { amount: total, currency },
      card_details: { status: 'AUTHORIZED', entry_method: 'KEYED' },
    }),
    ...{ order_id: order.id, location_id: context.locationId, receipt_number: id.slice(0, 4) },
    version_token: context.newId('version'),
    ...copied(fields, ['reference_id', 'note', 'customer_id', 'cash_details', 'external_details']),
  });
  context.event('payment.created', { type: 'payment', id, object: { payment: made } });
  return fields['autocomplete'] === false ? made : completePaymentOf(context, made);
}

const copied = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (fields[name] ? [[name, fields[name]]] : [])));

export function getPayment({ payments }: Context, id: string): SimReply {
  const payment = payments.seen(id);
  return payment ? ok({ payment }) : notFound('Payment');
}

/** `GET /v2/payments`, by the time of the newest change or of the creation. */
export function listPayments(context: Context, { query }: SimRequest): SimReply {
  const field = query.get('sort_field') === 'UPDATED_AT' ? 'updated_at' : 'created_at';
  const prefix = field === 'updated_at' ? 'updated_at_' : '';
  const begin = Date.parse(query.get(`${prefix}begin_time`) ?? '1970-01-01T00:00:00Z');
  const end = Date.parse(query.get(`${prefix}end_time`) ?? '9999-01-01T00:00:00Z');
  const direction = query.get('sort_order') === 'ASC' ? 1 : -1;
  const [total, location] = [query.get('total'), query.get('location_id')];
  const found = context.payments
    .allSeen()
    .filter((each) => Date.parse(String(each[field])) >= begin)
    .filter((each) => Date.parse(String(each[field])) < end)
    .filter((each) => total === null || amountOf(each['total_money']) === Number(total))
    .filter((each) => location === null || each['location_id'] === location)
    .sort((a, b) => direction * (Date.parse(String(a[field])) - Date.parse(String(b[field]))));
  return listed('payments', found, query);
}

function listed(name: string, found: readonly Thing[], query: URLSearchParams): SimReply {
  const limit = Math.min(Number(query.get('limit') ?? MAX_PAGE), MAX_PAGE);
  const rest = [...query].filter(([key]) => key !== 'cursor' && key !== 'limit');
  const page = pageOf(found, limit, query.get('cursor') ?? undefined, rest);
  if (!page) return invalid('INVALID_CURSOR', 'The cursor is of another query.', 'cursor');
  return ok({ [name]: page.items, ...(page.cursor !== undefined && { cursor: page.cursor }) });
}

/** An approved payment is given back, or a completed one refused. */
export function cancelPayment(context: Context, id: string): SimReply {
  const payment = context.payments.current(id);
  if (!payment) return notFound('Payment');
  if (payment['status'] !== 'APPROVED') return invalid('BAD_REQUEST', 'It cannot be cancelled.');
  return ok({ payment: cancelled(context, payment) });
}

function cancelled(context: Context, payment: Thing): Thing {
  const done = context.payments.put({
    ...{ ...payment, status: 'CANCELED', updated_at: context.now() },
  });
  context.event('payment.updated', { type: 'payment', id: done.id, object: { payment: done } });
  return done;
}

/** The safe way out of an unknown outcome: succeeds also when there was no payment. */
export function cancelByKey(context: Context, { body }: SimRequest): SimReply {
  const key = String(fieldsOf(body)['idempotency_key']);
  const made = context.replies.find(`CreatePayment ${key}`);
  const id = textOf(fieldsOf(fieldsOf(made?.body)['payment'])['id']);
  const payment = id === undefined ? undefined : context.payments.current(id);
  if (payment?.['status'] === 'APPROVED') cancelled(context, payment);
  return ok({});
}

export function completePayment(context: Context, id: string): SimReply {
  const payment = context.payments.current(id);
  if (!payment) return notFound('Payment');
  if (payment['status'] !== 'APPROVED') return invalid('BAD_REQUEST', 'It cannot be completed.');
  return ok({ payment: completePaymentOf(context, payment) });
}

/** `POST /v2/refunds`: begins as pending; the control API settles it. */
export function refundPayment(context: Context, request: SimRequest): SimReply {
  return onceByKey(context, 'RefundPayment', request, () => {
    const fields = fieldsOf(request.body);
    const payment = context.payments.current(String(fields['payment_id']));
    if (!payment) return notFound('Payment');
    if (payment['status'] !== 'COMPLETED') return refused('PAYMENT_NOT_REFUNDABLE');
    const amount = amountOf(fields['amount_money']);
    const left = amountOf(payment['total_money']) - amountOf(payment['refunded_money']);
    if (amount <= 0 || amount > left) return refused('REFUND_AMOUNT_INVALID');
    return ok({ refund: refunded(context, payment, request) });
  });
}

const refused = (code: string) => failed(400, { category: 'REFUND_ERROR', code });

function refunded(context: Context, payment: Thing, { body }: SimRequest): Thing {
  const fields = fieldsOf(body);
  const at = context.now();
  const { currency } = context;
  const done = amountOf(payment['refunded_money']) + amountOf(fields['amount_money']);
  const ids = (payment['refund_ids'] ?? []) as readonly string[];
  const refund = context.refunds.put({
    ...{ id: context.newId('refund'), status: 'PENDING', payment_id: payment.id },
    ...{ amount_money: fields['amount_money'], order_id: context.newId('return') },
    ...{ location_id: context.locationId, created_at: at, updated_at: at },
    ...copied(fields, ['reason']),
  });
  context.payments.put({
    ...{ ...payment, refunded_money: { amount: done, currency } },
    ...{ refund_ids: [...ids, refund.id], updated_at: at },
  });
  context.event('refund.created', { type: 'refund', id: refund.id, object: { refund } });
  return refund;
}

/** The bank has given an outcome. */
export function settleRefund(context: Context, id: string, status: string): SimReply {
  const refund = context.refunds.current(id);
  if (!refund) return notFound('Refund');
  const settled = context.refunds.put({ ...refund, status, updated_at: context.now() });
  if (status !== 'COMPLETED') takeBack(context, refund);
  context.event('refund.updated', { type: 'refund', id, object: { refund: settled } });
  return ok({ refund: settled });
}

/** The money stays with the seller. */
function takeBack({ payments, currency }: Context, refund: Thing): void {
  const payment = payments.current(String(refund['payment_id']));
  if (!payment) return;
  const left = amountOf(payment['refunded_money']) - amountOf(refund['amount_money']);
  payments.put({ ...payment, refunded_money: { amount: left, currency } });
}

export function getRefund({ refunds }: Context, id: string): SimReply {
  const refund = refunds.seen(id);
  return refund ? ok({ refund }) : notFound('Refund');
}

export const listRefunds = (context: Context, { query }: SimRequest): SimReply =>
  listed('refunds', [...context.refunds.allSeen()].reverse(), query);
