import type { Static } from '@sinclair/typebox';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type {
  ProviderClient,
  ProviderClientOptions,
  ProviderTransaction,
} from '../../ports/provider-client.ts';
import { createCalls } from '../shared/provider-calls.ts';
import { instantOf, minorUnits } from '../shared/provider-money.ts';
import { orNone, readable, UNREADABLE } from '../shared/provider-pages.ts';
import { createQuickBooksBooks } from './books.ts';
import { quickbooksFailure } from './failures.ts';
import {
  ChangesResponse,
  CompanyResponse,
  ReceiptResponse,
  type ReceiptSchema,
} from './schemas.ts';

const MINOR_VERSION = '75';
/** Objects of one response of changed data: a full one has more behind it. */
const MAX_CHANGES = 1_000;

/** Sales receipts of a company at QuickBooks Online. */
export function createQuickBooksClient(
  http: HttpClient,
  { baseUrl, accessToken, account, currency }: ProviderClientOptions,
): ProviderClient {
  const call = createCalls({
    ...{ http, failureOf: quickbooksFailure },
    baseUrl: `${baseUrl}/v3/company/${encodeURIComponent(account)}`,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  });
  const versioned = (path: string, query: Readonly<Record<string, string>> = {}) =>
    `${path}?${new URLSearchParams({ ...query, minorversion: MINOR_VERSION }).toString()}`;

  return {
    books: createQuickBooksBooks(call, versioned, currency),
    async testConnection() {
      const path = versioned(`/companyinfo/${encodeURIComponent(account)}`);
      const result = await call({ method: 'GET', path, schema: CompanyResponse });
      if (result.kind !== 'ok') return result;
      return { kind: 'ok', value: { id: account, name: result.value.CompanyInfo.CompanyName } };
    },
    async findTransaction(id) {
      const path = versioned(`/salesreceipt/${encodeURIComponent(id)}`);
      const result = await call({ method: 'GET', path, schema: ReceiptResponse });
      const found = orNone(result, ({ code }) => code === '610');
      return readable(found, ({ SalesReceipt }) => transactionOf(SalesReceipt, currency));
    },
    async listChanges(sinceMs) {
      const changedSince = new Date(sinceMs).toISOString();
      const path = versioned('/cdc', { entities: 'SalesReceipt', changedSince });
      const result = await call({ method: 'GET', path, schema: ChangesResponse });
      if (result.kind !== 'ok') return result;
      const changed = result.value.CDCResponse.flatMap(({ QueryResponse }) =>
        QueryResponse.flatMap(({ SalesReceipt = [] }) => SalesReceipt),
      );
      const receipts = changed.filter((each) => 'TotalAmt' in each);
      const transactions = receipts.map((each) => transactionOf(each, currency));
      if (!transactions.every((each) => each !== undefined)) return UNREADABLE;
      const sorted = transactions.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
      const isComplete = changed.length < MAX_CHANGES;
      return { kind: 'ok', value: { transactions: sorted, isComplete } };
    },
  };
}

/** A receipt that is there has been booked; refunds are receipts of their own. */
function transactionOf(
  receipt: Static<typeof ReceiptSchema>,
  homeCurrency: string,
): ProviderTransaction | undefined {
  const currency = receipt.CurrencyRef?.value ?? homeCurrency;
  const amountMinor = minorUnits(receipt.TotalAmt, currency);
  const updatedAt = instantOf(receipt.MetaData.LastUpdatedTime);
  if (amountMinor === undefined || updatedAt === undefined) return undefined;
  return {
    ...{ id: receipt.Id, status: 'succeeded', providerStatus: 'booked', refundedMinor: 0 },
    ...{ amountMinor, currency, updatedAt },
    ...omitUndefined({ reference: receipt.DocNumber }),
  };
}
