import { type Fields, fieldsOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import type { Context } from './context.ts';
import { failed } from './errors.ts';
import { type MercadoPagoPayment, minorOf, outcomeOf, withStatus } from './payments.ts';

const MAX_PAGE = 100;

interface NewPayment {
  readonly amount: number;
  readonly token: string | undefined;
  readonly method: string;
  readonly fields: Fields;
  readonly preferenceId?: string;
}

export function create(
  { collectorId, currency, newId, now, save }: Context,
  { amount, token, method, fields, preferenceId }: NewPayment,
): MercadoPagoPayment {
  const [status, detail] = outcomeOf(token);
  const at = now();
  const isCard = method === 'visa' || method === 'master';
  return save(
    {
      id: newId(),
      ...{ status, status_detail: detail, captured: status === 'approved' },
      external_reference: textOf(fields['external_reference']) ?? null,
      ...{ transaction_amount: amount, transaction_amount_refunded: 0, currency_id: currency },
      ...{ date_created: at, date_last_updated: at },
      date_approved: status === 'approved' ? at : null,
      ...{ payment_method_id: method, payment_type_id: isCard ? 'credit_card' : 'ticket' },
      ...{ live_mode: false, collector_id: collectorId, fee_details: [], refunds: [] },
      description: textOf(fields['description']) ?? null,
      notification_url: textOf(fields['notification_url']) ?? null,
      order: preferenceId === undefined ? {} : { id: preferenceId, type: 'mercadopago' },
    },
    'created',
  );
}

/** `POST /v1/payments`: one payment for each key. */
export function pay(context: Context, { body, header }: SimRequest): SimReply {
  const { payKeys, store, currency } = context;
  const key = header('x-idempotency-key');
  if (key === undefined) return failed(400, 4292, 'Header X-Idempotency-Key can’t be null');
  const known = payKeys.find(key, body);
  if (known === 'other body') return failed(409);
  if (known) return { status: 201, body: store.current(known.id) };
  const fields = fieldsOf(body);
  const amount = fields['transaction_amount'];
  const method = textOf(fields['payment_method_id']);
  if (minorOf(amount, currency) === undefined) {
    return failed(400, 4037, 'Invalid transaction_amount');
  }
  if (method === undefined) return failed(400, 3, 'payment_method_id must be provided');
  if (textOf(fieldsOf(fields['payer'])['email']) === undefined) {
    return failed(400, 4050, 'payer.email must be a valid email');
  }
  const token = textOf(fields['token']);
  const payment = create(context, { amount: Number(amount), token, method, fields });
  payKeys.keep(key, body, payment.id);
  return { status: 201, body: payment };
}

export function cancel({ store, now, save }: Context, id: number, { body }: SimRequest): SimReply {
  const payment = store.current(id);
  if (!payment) return failed(404, 2000, 'Payment not found');
  const isOpen = payment.status === 'pending' || payment.status === 'in_process';
  if (fieldsOf(body)['status'] !== 'cancelled' || !isOpen) {
    return failed(400, 2063, 'The action is not valid for the current state');
  }
  const cancelled = withStatus(payment, 'cancelled', 'by_collector', now());
  return { status: 200, body: save(cancelled, 'updated') };
}

export function search({ store }: Context, { query }: SimRequest): SimReply {
  const reference = query.get('external_reference');
  const limit = Math.min(Number(query.get('limit') ?? 30), MAX_PAGE);
  const offset = Number(query.get('offset') ?? 0);
  const since = Date.parse(query.get('begin_date') ?? '1970-01-01T00:00:00Z');
  const isRange = query.get('range') === 'date_last_updated';
  const found = store
    .allSeen()
    .filter((each) => reference === null || each.external_reference === reference)
    .filter((each) => !isRange || Date.parse(each.date_last_updated) >= since)
    .sort((a, b) => (query.get('criteria') === 'asc' ? a.id - b.id : b.id - a.id));
  const results = found.slice(offset, offset + limit);
  return { status: 200, body: { paging: { total: found.length, limit, offset }, results } };
}
