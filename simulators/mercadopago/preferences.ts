import { type Fields, fieldsOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import { create } from './charges.ts';
import type { Context } from './context.ts';
import { failed } from './errors.ts';
import { minorOf } from './payments.ts';
import type { Preference } from './store.ts';

/** `POST /checkout/preferences`. */
export function prefer(context: Context, { body }: SimRequest): SimReply {
  const { collectorId, currency, newId, now, store } = context;
  const fields = fieldsOf(body);
  const items = (Array.isArray(fields['items']) ? fields['items'] : []).map(fieldsOf);
  const isItem = (item: Fields) =>
    textOf(item['title']) !== undefined &&
    Number.isSafeInteger(item['quantity']) &&
    minorOf(item['unit_price'], currency) !== undefined;
  if (items.length === 0 || !items.every(isItem)) return failed(400, 4000, 'invalid_items');
  const id = `${collectorId}-${newId()}`;
  const point = `https://www.mercadopago.com/checkout/v1/redirect?pref_id=${id}`;
  const preference: Preference = {
    ...{ id, items, init_point: point, sandbox_init_point: point, collector_id: collectorId },
    external_reference: textOf(fields['external_reference']) ?? null,
    notification_url: textOf(fields['notification_url']) ?? null,
    back_urls: fieldsOf(fields['back_urls']) as Record<string, string>,
    auto_return: textOf(fields['auto_return']) ?? null,
    date_created: now(),
  };
  store.preferences.set(id, preference);
  return { status: 201, body: preference };
}

/** One by its id, or those of a reference. */
export function preferences({ store }: Context, { path, query }: SimRequest): SimReply {
  const id = path.slice('/checkout/preferences/'.length);
  if (id !== 'search') {
    const found = store.preferences.get(id);
    return found ? { status: 200, body: found } : failed(404);
  }
  const reference = query.get('external_reference');
  const elements = [...store.preferences.values()].filter(
    (each) => reference === null || each.external_reference === reference,
  );
  return {
    status: 200,
    body: { elements, next_offset: elements.length, total: elements.length },
  };
}

/** The payer pays a preference on the page of the provider. */
export function checkOut(context: Context, id: string, body: unknown): SimReply {
  const { store, currency } = context;
  const preference = store.preferences.get(id);
  if (!preference) return failed(404);
  const scale = minorOf(1, currency) ?? 1;
  const totalMinor = preference.items.reduce(
    (sum, { unit_price, quantity }) =>
      sum + (minorOf(unit_price, currency) ?? 0) * Number(quantity),
    0,
  );
  const { token, amount = totalMinor / scale } = fieldsOf(body);
  const fields = { ...preference, description: preference.items[0]?.['title'] };
  const payment = create(context, {
    ...{ amount: Number(amount), token: textOf(token), method: 'visa', fields },
    preferenceId: id,
  });
  return { status: 201, body: payment };
}
