import { type Fields, fieldsOf, listOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import { type Context, onceByKey, pageOf, type Thing } from './context.ts';
import { failed, invalid, notFound } from './errors.ts';
import { withTotals } from './totals.ts';

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 500;
const MAX_LOCATIONS = 10;
const MAX_BATCH = 100;
const TIMES = {
  UPDATED_AT: 'updated_at',
  CREATED_AT: 'created_at',
  CLOSED_AT: 'closed_at',
} as const;

const ok = (body: unknown): SimReply => ({ status: 200, body });

/** Keeps an order and sends its event. What a terminal sold has no version, and no `order.created`. */
export function saveOrder(context: Context, order: Thing, isNew: boolean): Thing {
  const at = context.now();
  const kept = context.orders.put({ ...order, updated_at: at });
  if (order['version'] === undefined) return kept;
  const name = isNew ? 'order_created' : 'order_updated';
  const state = {
    order_id: order.id,
    version: order['version'],
    location_id: order['location_id'],
  };
  const times = { created_at: order['created_at'], ...(!isNew && { updated_at: at }) };
  context.event(isNew ? 'order.created' : 'order.updated', {
    ...{ type: name, id: order.id },
    object: { [name]: { ...state, state: order['state'], ...times } },
  });
  return kept;
}

export const newOrder = (context: Context, fields: Fields): Thing => {
  const at = context.now();
  const priced = withTotals(fields, context.currency, () => context.newId('line'));
  return { state: 'OPEN', ...priced, id: context.newId('order'), created_at: at, updated_at: at };
};

/** `POST /v2/orders`. */
export function createOrder(context: Context, request: SimRequest): SimReply {
  const order = fieldsOf(fieldsOf(request.body)['order']);
  if (order['location_id'] !== context.locationId) {
    return invalid('INVALID_VALUE', 'The location is unknown.', 'order.location_id');
  }
  return onceByKey(context, 'CreateOrder', request, () => {
    const made = newOrder(context, { ...order, source: { name: 'Tillstream' }, version: 1 });
    return ok({ order: saveOrder(context, made, true) });
  });
}

export function retrieveOrder({ orders }: Context, id: string): SimReply {
  const order = orders.seen(id);
  return order ? ok({ order }) : notFound('Order');
}

export function batchRetrieveOrders({ orders }: Context, { body }: SimRequest): SimReply {
  const ids = fieldsOf(body)['order_ids'] as readonly string[];
  if (ids.length > MAX_BATCH) return invalid('ARRAY_LENGTH_TOO_LONG', 'At most 100 order ids.');
  const found = ids.map((id) => orders.seen(id)).filter((order) => order !== undefined);
  return ok({ orders: found });
}

/** `POST /v2/orders/search`: the sorted time must be the filtered one. */
export function searchOrders(context: Context, { body }: SimRequest): SimReply {
  const fields = fieldsOf(body);
  const locations = (fields['location_ids'] ?? []) as readonly string[];
  if (locations.length === 0 || locations.length > MAX_LOCATIONS) {
    return invalid('BAD_REQUEST', 'Must provide 1 to 10 location ids.', 'location_ids');
  }
  const query = fieldsOf(fields['query']);
  const sort = fieldsOf(query['sort']);
  const field = TIMES[(textOf(sort['sort_field']) ?? 'CREATED_AT') as keyof typeof TIMES];
  const filter = fieldsOf(query['filter']);
  const times = fieldsOf(filter['date_time_filter']);
  const filtered = Object.keys(times);
  if (filtered.length > 1 || (filtered[0] ?? field) !== field) {
    return invalid('BAD_REQUEST', 'The sort field must be the filtered time.', 'query.sort');
  }
  const states = fieldsOf(filter['state_filter'])['states'] as readonly string[] | undefined;
  const direction = sort['sort_order'] === 'ASC' ? 1 : -1;
  const found = context.orders
    .allSeen()
    .filter((order) => locations.includes(String(order['location_id'])))
    .filter((order) => states === undefined || states.includes(String(order['state'])))
    .filter((order) => isWithin(textOf(order[field]), fieldsOf(times[field])))
    .sort((a, b) => direction * compare(String(a[field]) + a.id, String(b[field]) + b.id));
  const limit = Math.min(Number(fields['limit'] ?? DEFAULT_PAGE), MAX_PAGE);
  const page = pageOf(found, limit, textOf(fields['cursor']), [query, locations]);
  if (!page) return invalid('INVALID_CURSOR', 'The cursor is of another query.', 'cursor');
  return ok({ orders: page.items, ...(page.cursor !== undefined && { cursor: page.cursor }) });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function isWithin(at: string | undefined, range: Fields): boolean {
  const [start, end] = [textOf(range['start_at']), textOf(range['end_at'])];
  if (start === undefined && end === undefined) return true;
  if (at === undefined) return false;
  const ms = Date.parse(at);
  return ms >= Date.parse(start ?? '1970-01-01T00:00:00Z') && ms <= Date.parse(end ?? '9999-01-01');
}

/** `PUT /v2/orders/:id`: sparse, at the version that the caller has seen. */
export function updateOrder(context: Context, id: string, request: SimRequest): SimReply {
  const changes = fieldsOf(fieldsOf(request.body)['order']);
  const order = context.orders.current(id);
  if (!order) return notFound('Order');
  return onceByKey(context, `UpdateOrder ${id}`, request, () => {
    if (order['version'] === undefined || !['OPEN', 'DRAFT'].includes(String(order['state']))) {
      return invalid('BAD_REQUEST', 'The order cannot be updated.');
    }
    if (changes['version'] !== order['version']) {
      return failed(409, { code: 'VERSION_MISMATCH', detail: 'The order has another version.' });
    }
    if (changes['line_items'] !== undefined && listOf(order['tenders']).length > 0) {
      return invalid('BAD_REQUEST', 'LineItems cannot be modified for finalized tenders.');
    }
    const merged = { ...order, ...changes, id, version: Number(order['version']) + 1 };
    const priced = withTotals(merged, context.currency, () => context.newId('line'));
    return ok({ order: saveOrder(context, { ...priced, id }, false) });
  });
}

/** `POST /v2/orders/:id/pay`: approved payments whose sum is the total. */
export function payOrder(context: Context, id: string, request: SimRequest): SimReply {
  const order = context.orders.current(id);
  if (!order) return notFound('Order');
  return onceByKey(context, `PayOrder ${id}`, request, () => {
    const ids = (fieldsOf(request.body)['payment_ids'] ?? []) as readonly string[];
    const payments = ids.map((each) => context.payments.current(each));
    const sum = payments.reduce((all, each) => all + amountOf(each?.['amount_money']), 0);
    const isApproved = payments.every((each) => each?.['status'] === 'APPROVED');
    if (!isApproved || sum !== amountOf(order['net_amount_due_money'])) {
      return invalid('BAD_REQUEST', 'The payments must be approved and cover the order.');
    }
    for (const payment of payments) if (payment) completePaymentOf(context, payment);
    return ok({ order: context.orders.current(id) });
  });
}

const amountOf = (money: unknown) => Number(fieldsOf(money)['amount'] ?? 0);

/** A payment becomes complete, and a tender of its order; the last one completes the order. */
export function completePaymentOf(context: Context, payment: Thing): Thing {
  const at = context.now();
  const done = context.payments.put({ ...payment, status: 'COMPLETED', updated_at: at });
  const order = context.orders.current(String(payment['order_id']));
  if (order) saveOrder(context, withTender(order, done, at), false);
  context.event('payment.updated', {
    ...{ type: 'payment', id: done.id, object: { payment: done } },
  });
  return done;
}

/** 2.6 % and 10 cents, as sellers of one country pay. */
const feeOf = (amount: number) => Math.round(amount * 0.026) + 10;

function withTender(order: Thing, payment: Thing, at: string): Thing {
  const { currency } = fieldsOf(order['total_money']);
  const tip = amountOf(payment['tip_money']);
  const paid = amountOf(payment['amount_money']);
  const due = amountOf(order['net_amount_due_money']) - paid;
  const types: Readonly<Record<string, string>> = { CARD: 'CARD', CASH: 'CASH' };
  const tender = {
    ...{ id: payment.id, location_id: order['location_id'], transaction_id: order.id },
    ...{ created_at: at, payment_id: payment.id },
    amount_money: { amount: paid + tip, currency },
    tip_money: { amount: tip, currency },
    type: types[String(payment['source_type'])] ?? 'OTHER',
    ...(payment['source_type'] === 'CARD' && {
      processing_fee_money: { amount: feeOf(paid + tip), currency },
    }),
  };
  const { version } = order;
  return {
    ...order,
    ...(version !== undefined && { version: Number(version) + 1 }),
    tenders: [...listOf(order['tenders']), tender],
    total_tip_money: { amount: amountOf(order['total_tip_money']) + tip, currency },
    total_money: { amount: amountOf(order['total_money']) + tip, currency },
    net_amount_due_money: { amount: due, currency },
    ...(due === 0 && { state: 'COMPLETED', closed_at: at }),
  };
}
