import { fieldsOf, listOf, textOf } from '../shared/fields.ts';
import type { SimReply, SimRequest } from '../shared/server.ts';
import { type Context, pageOf } from './context.ts';
import { invalid, notFound } from './errors.ts';

const DEFAULT_PAGE = 100;

const sizeOf = (query: URLSearchParams) => Number(query.get('limit') ?? DEFAULT_PAGE);

/** `GET /v2/payouts`: of one location, from a time on. */
export function listPayouts({ payouts }: Context, { query }: SimRequest): SimReply {
  const [location, begin] = [query.get('location_id'), query.get('begin_time') ?? ''];
  const all = payouts
    .allSeen()
    .filter((each) => location === null || each['location_id'] === location)
    .filter((each) => String(each['created_at']) >= begin);
  const page = pageOf(all, sizeOf(query), query.get('cursor') ?? undefined, [location, begin]);
  if (!page) return invalid('INVALID_CURSOR', 'The cursor is of another query.', 'cursor');
  const { items, cursor } = page;
  const shown = items.map(({ entries: _entries, ...payout }) => payout);
  return { status: 200, body: { payouts: shown, ...(cursor !== undefined && { cursor }) } };
}

/** `GET /v2/payouts/{payout_id}/payout-entries`. */
export function listEntries(context: Context, { query }: SimRequest, id: string): SimReply {
  const payout = context.payouts.seen(id);
  if (!payout) return notFound('payout');
  const entries = listOf(payout['entries']).map((each, i) => ({
    ...{ ...each, id: textOf(each['id']) ?? `${id}-${i}` },
  }));
  const page = pageOf(entries, sizeOf(query), query.get('cursor') ?? undefined, id);
  if (!page) return invalid('INVALID_CURSOR', 'The cursor is of another query.', 'cursor');
  const { items, cursor } = page;
  return { status: 200, body: { payout_entries: items, ...(cursor !== undefined && { cursor }) } };
}

/** What tests ask for: all that was paid and refunded since the last payout goes to the bank. */
export function payOut(context: Context, body: unknown): unknown {
  const { feePercent = 0 } = fieldsOf(body);
  const { payments, refunds, payouts, newId, now, currency, locationId } = context;
  const paidOut = new Set(
    payouts.all().flatMap((each) => listOf(each['entries']).map((entry) => String(entry['id']))),
  );
  const money = (amount: number) => ({ amount, currency });
  const cents = (value: unknown) => Number(fieldsOf(value)['amount']);
  const entryOf = (id: string, type: string, gross: number, fee: number) => ({
    ...{ id, type, effective_at: now(), gross_amount_money: money(gross) },
    ...{ fee_amount_money: money(fee), net_amount_money: money(gross - fee) },
  });
  const charges = payments
    .all()
    .filter(({ id, status }) => status === 'COMPLETED' && !paidOut.has(id))
    .map((each) => {
      const gross = cents(each['total_money']);
      return entryOf(each.id, 'CHARGE', gross, Math.round((gross * Number(feePercent)) / 100));
    });
  const returned = refunds
    .all()
    .filter(({ id, status }) => status === 'COMPLETED' && !paidOut.has(id))
    .map((each) => entryOf(each.id, 'REFUND', -cents(each['amount_money']), 0));
  const entries = [...charges, ...returned];
  const total = entries.reduce((sum, each) => sum + each.net_amount_money.amount, 0);
  const id = newId('payout');
  payouts.put({
    ...{ id, status: 'PAID', location_id: locationId, created_at: now(), updated_at: now() },
    ...{ amount_money: money(total), arrival_date: now().slice(0, 10), version: 1 },
    entries: entries.map((each) => ({ ...each, payout_id: id })),
  });
  return payouts.current(id);
}
