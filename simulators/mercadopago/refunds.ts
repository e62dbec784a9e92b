import { fieldsOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import type { Context } from './context.ts';
import { failed } from './errors.ts';
import { minorOf, refundableMinor, withRefund } from './payments.ts';

/** `POST /v1/payments/:id/refunds`: all that is left, or a part of it. */
export function refund(context: Context, id: number, { body, header }: SimRequest): SimReply {
  const { collectorId, currency, newId, now, refundKeys, save, store } = context;
  const key = header('x-idempotency-key');
  if (key === undefined) return failed(400, 4292, 'Header X-Idempotency-Key can’t be null');
  const payment = store.current(id);
  if (!payment) return failed(404, 2000, 'Payment not found');
  const known = refundKeys.find(`${id}:${key}`, body);
  if (known === 'other body') return failed(409);
  const found = known && payment.refunds.find((each) => each.id === known.id);
  if (found) return { status: 201, body: found };
  const left = refundableMinor(payment);
  const amount = fieldsOf(body)['amount'];
  const minor = amount === undefined ? left : minorOf(amount, currency);
  if (minor === undefined) return failed(400, 4040, 'The amount is invalid');
  if (left === 0) return failed(400, 2063, 'The action is not valid for the current state');
  if (minor > left) return failed(400, 4041, 'The amount exceeds what can be refunded');
  const scale = minorOf(1, currency) ?? 1;
  const made = {
    ...{ id: newId(), payment_id: id, amount: minor / scale, status: 'approved' as const },
    date_created: now(),
    source: { id: String(collectorId), name: 'Seller', type: 'collector' as const },
  };
  refundKeys.keep(`${id}:${key}`, body, made.id);
  save(withRefund(payment, made, now()), 'updated');
  return { status: 201, body: made };
}
