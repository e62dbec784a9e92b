import { Type } from '@sinclair/typebox';

import { isCurrency } from '../../domain/kernel/money.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { ProviderPayouts } from '../../ports/provider-client.ts';
import type { createCalls } from '../shared/provider-calls.ts';
import { instantOf, wholeMinor } from '../shared/provider-money.ts';
import { UNREADABLE } from '../shared/provider-pages.ts';
import { Money } from './schemas.ts';

const PAGE = 100;
/** Entries of what was sold, or went back to payers. All others are fees and adjustments. */
const SALES = ['CHARGE', 'REFUND'];

const PayoutsResponse = Type.Object({
  payouts: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String({ minLength: 1 }),
        status: Type.String(),
        created_at: Type.String(),
        arrival_date: Type.Optional(Type.String()),
        amount_money: Money,
      }),
    ),
  ),
  cursor: Type.Optional(Type.String()),
});

const EntriesResponse = Type.Object({
  payout_entries: Type.Optional(
    Type.Array(
      Type.Object({
        type: Type.Optional(Type.String()),
        gross_amount_money: Type.Optional(Money),
        fee_amount_money: Type.Optional(Money),
      }),
    ),
  ),
  cursor: Type.Optional(Type.String()),
});

/** What Square pays out to the bank of a seller. */
export function createSquarePayouts(call: ReturnType<typeof createCalls>): ProviderPayouts {
  const path = (base: string, query: Readonly<Record<string, string>>, cursor?: string) =>
    `${base}?${new URLSearchParams({ ...query, ...omitUndefined({ cursor }) }).toString()}`;

  return {
    async list(location, sinceMs, cursor) {
      const result = await call({
        method: 'GET',
        path: path(
          '/v2/payouts',
          {
            ...{ location_id: location, begin_time: new Date(sinceMs).toISOString() },
            ...{ sort_order: 'ASC', limit: String(PAGE) },
          },
          cursor,
        ),
        schema: PayoutsResponse,
      });
      if (result.kind !== 'ok') return result;
      const { payouts = [], cursor: next } = result.value;
      const read = payouts.map(({ id, status, amount_money, created_at, arrival_date }) => {
        const totalMinor = wholeMinor(amount_money.amount);
        const day = arrival_date ?? instantOf(created_at)?.slice(0, 10);
        const currency = amount_money.currency ?? '';
        if (totalMinor === undefined || day === undefined || !isCurrency(currency))
          return undefined;
        return { id, status, day, currency, totalMinor };
      });
      if (!read.every((each) => each !== undefined)) return UNREADABLE;
      return { kind: 'ok', value: { payouts: read, ...omitUndefined({ next }) } };
    },
    async entries(payoutId, cursor) {
      const base = `/v2/payouts/${encodeURIComponent(payoutId)}/payout-entries`;
      const query = path(base, { limit: String(PAGE) }, cursor);
      const result = await call({ method: 'GET', path: query, schema: EntriesResponse });
      if (result.kind !== 'ok') return result;
      const { payout_entries = [], cursor: next } = result.value;
      const entries = payout_entries.map(({ type = '', gross_amount_money, fee_amount_money }) => {
        const grossMinor = wholeMinor(gross_amount_money?.amount);
        const feeMinor = wholeMinor(fee_amount_money?.amount);
        if (grossMinor === undefined || feeMinor === undefined) return undefined;
        return { isSale: SALES.includes(type), grossMinor, feeMinor };
      });
      if (!entries.every((each) => each !== undefined)) return UNREADABLE;
      return { kind: 'ok', value: { entries, ...omitUndefined({ next }) } };
    },
  };
}
