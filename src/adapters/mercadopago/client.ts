import { type Static, Type } from '@sinclair/typebox';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type {
  ProviderClient,
  ProviderClientOptions,
  ProviderTransaction,
} from '../../ports/provider-client.ts';
import { createCalls } from '../shared/provider-calls.ts';
import { instantOf, minorUnits } from '../shared/provider-money.ts';
import { allPages, orNone, readable } from '../shared/provider-pages.ts';
import { createCheckouts } from './checkouts.ts';
import { mercadopagoFailure } from './failures.ts';
import { PaymentSchema, SearchResponse } from './schemas.ts';

const PAGE = 100;
/** Ids of payments are numbers: another one names no payment. */
const PAYMENT_ID = /^\d{1,15}$/;

/** Payments of a seller at Mercado Pago. */
export function createMercadoPagoClient(
  http: HttpClient,
  { baseUrl, accessToken, account }: ProviderClientOptions,
): ProviderClient {
  const call = createCalls({
    ...{ http, baseUrl, failureOf: mercadopagoFailure },
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  });

  return {
    checkouts: createCheckouts(call),
    async testConnection() {
      const path = '/v1/payments/search?limit=1';
      const result = await call({ method: 'GET', path, schema: Type.Object({}) });
      return result.kind === 'ok' ? { kind: 'ok', value: { id: account, name: account } } : result;
    },
    async findTransaction(id) {
      if (!PAYMENT_ID.test(id)) return { kind: 'ok', value: undefined };
      const result = await call({
        method: 'GET',
        path: `/v1/payments/${id}`,
        schema: PaymentSchema,
      });
      const isNone = ({ code }: { code: string }) => code === '2000' || code === 'not_found';
      return readable(orNone(result, isNone), transactionOf);
    },
    listChanges(sinceMs) {
      const begin = new Date(sinceMs).toISOString();
      return allPages(async (cursor) => {
        const query = new URLSearchParams({
          ...{ sort: 'date_last_updated', criteria: 'asc', range: 'date_last_updated' },
          ...{ begin_date: begin, end_date: 'NOW', limit: String(PAGE), offset: cursor ?? '0' },
        });
        const path = `/v1/payments/search?${query.toString()}`;
        const result = await call({ method: 'GET', path, schema: SearchResponse });
        if (result.kind !== 'ok') return result;
        const { paging, results } = result.value;
        const next = paging.offset + results.length;
        const isMore = results.length > 0 && next < paging.total;
        const transactions = results.map(transactionOf);
        return { kind: 'ok', value: { transactions, ...(isMore && { next: String(next) }) } };
      });
    },
  };
}

const STATUSES: Readonly<Record<string, ProviderTransaction['status']>> = {
  approved: 'succeeded',
  refunded: 'succeeded',
  in_mediation: 'succeeded',
  charged_back: 'succeeded',
  rejected: 'failed',
  cancelled: 'failed',
};

/** Money on an account of the provider, or in a wallet, is paid with a code. */
const METHODS: Readonly<Record<string, NonNullable<ProviderTransaction['method']>>> = {
  credit_card: 'credit_card',
  debit_card: 'debit_card',
  prepaid_card: 'debit_card',
  bank_transfer: 'bank_transfer',
  atm: 'bank_transfer',
  ticket: 'bank_transfer',
};

/** Money that came and went back has succeeded: what went back is beside it. */
function transactionOf(payment: Static<typeof PaymentSchema>): ProviderTransaction | undefined {
  const { status, currency_id: currency, external_reference: reference } = payment;
  const amountMinor = minorUnits(payment.transaction_amount, currency);
  const refunded = payment.transaction_amount_refunded ?? 0;
  const isAllBack = status === 'charged_back';
  const refundedMinor = isAllBack ? amountMinor : minorUnits(refunded, currency);
  const updatedAt = instantOf(payment.date_last_updated ?? payment.date_created);
  if (amountMinor === undefined || refundedMinor === undefined || updatedAt === undefined) {
    return undefined;
  }
  return {
    ...{ id: String(payment.id), status: STATUSES[status] ?? 'pending', providerStatus: status },
    ...{ amountMinor, refundedMinor, currency, updatedAt },
    method: METHODS[payment.payment_type_id ?? ''] ?? 'qr',
    ...omitUndefined({ reference: reference ?? undefined }),
  };
}
