import type { Static } from '@sinclair/typebox';

import { isCurrency } from '../../domain/kernel/money.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type {
  ProviderClient,
  ProviderClientOptions,
  ProviderTransaction,
} from '../../ports/provider-client.ts';
import { createCalls } from '../shared/provider-calls.ts';
import { instantOf, wholeMinor } from '../shared/provider-money.ts';
import { allPages, orNone, readable } from '../shared/provider-pages.ts';
import { squareFailure } from './failures.ts';
import { createSquarePayments } from './payments.ts';
import { createSquarePayouts } from './payouts.ts';
import { createSquareSales } from './sales.ts';
import {
  LocationsResponse,
  PaymentResponse,
  type PaymentSchema,
  PaymentsResponse,
} from './schemas.ts';

/** Another one may write its responses in another way. */
const VERSION = '2025-08-20';
const PAGE = 100;

/** Payments of a seller at Square. */
export function createSquareClient(
  http: HttpClient,
  { baseUrl, accessToken, account }: ProviderClientOptions,
): ProviderClient {
  const call = createCalls({
    ...{ http, baseUrl, failureOf: squareFailure },
    headers: {
      authorization: `Bearer ${accessToken}`,
      'square-version': VERSION,
      'content-type': 'application/json',
    },
  });

  return {
    payments: createSquarePayments(call),
    sales: createSquareSales(call),
    payouts: createSquarePayouts(call),
    async testConnection() {
      const result = await call({
        method: 'GET',
        path: '/v2/locations',
        schema: LocationsResponse,
      });
      if (result.kind !== 'ok') return result;
      const [location] = result.value.locations;
      const id = location?.merchant_id ?? account;
      return { kind: 'ok', value: { id, name: location?.name ?? id } };
    },
    async findTransaction(id) {
      const path = `/v2/payments/${encodeURIComponent(id)}`;
      const result = await call({ method: 'GET', path, schema: PaymentResponse });
      const found = orNone(result, ({ code }) => code === 'NOT_FOUND');
      return readable(found, ({ payment }) => transactionOf(payment));
    },
    listChanges(sinceMs) {
      const begin = new Date(sinceMs).toISOString();
      return allPages(async (cursor) => {
        const query = new URLSearchParams({
          ...{ updated_at_begin_time: begin, sort_field: 'UPDATED_AT', sort_order: 'ASC' },
          ...{ limit: String(PAGE), ...(cursor !== undefined && { cursor }) },
        });
        const path = `/v2/payments?${query.toString()}`;
        const result = await call({ method: 'GET', path, schema: PaymentsResponse });
        if (result.kind !== 'ok') return result;
        const { payments = [], cursor: next } = result.value;
        const transactions = payments.map(transactionOf);
        return { kind: 'ok', value: { transactions, ...omitUndefined({ next }) } };
      });
    },
  };
}

const STATUSES: Readonly<Record<string, ProviderTransaction['status']>> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'failed',
};

function transactionOf(payment: Static<typeof PaymentSchema>): ProviderTransaction | undefined {
  const { id, status, total_money: total, reference_id: reference, order_id: orderId } = payment;
  const amountMinor = wholeMinor(total.amount);
  const refundedMinor = wholeMinor(payment.refunded_money?.amount);
  const updatedAt = instantOf(payment.updated_at);
  const currency = total.currency ?? '';
  if (amountMinor === undefined || refundedMinor === undefined || updatedAt === undefined) {
    return undefined;
  }
  if (!isCurrency(currency)) return undefined;
  return {
    ...{ id, status: STATUSES[status] ?? 'pending', providerStatus: status },
    ...{ amountMinor, refundedMinor, currency, updatedAt },
    ...omitUndefined({ reference, orderId }),
  };
}
