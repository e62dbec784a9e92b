import { exponentOf } from '../kernel/money.ts';
import type { BooksDocument, BooksLine } from './document.ts';

type Json = Readonly<Record<string, unknown>>;

/** The name of a document at QuickBooks Online. */
export const QUICKBOOKS_ENTITIES = {
  'sales-receipt': 'SalesReceipt',
  'refund-receipt': 'RefundReceipt',
  invoice: 'Invoice',
  'credit-memo': 'CreditMemo',
} as const;
export type QuickBooksEntity = (typeof QUICKBOOKS_ENTITIES)[keyof typeof QUICKBOOKS_ENTITIES];

/**
 * A document in the form of QuickBooks Online. Amounts are decimals there: each is the number
 * nearest to the decimal, which JSON writes as that decimal; nothing is computed with them.
 */
export function quickBooksOf(document: BooksDocument): Json {
  const { number, day, currency, lines, discountMinor, depositMinor, note, kind } = document;
  const amount = (minor: number) => amountOf(minor, currency);
  const discount = {
    ...{ Amount: amount(discountMinor), DetailType: 'DiscountLineDetail' },
    DiscountLineDetail: {
      PercentBased: false,
      ...reference('DiscountAccountRef', document.discountAccountId),
    },
  };
  const isOwed = kind === 'invoice' || kind === 'credit-memo';
  return {
    ...{ DocNumber: number, TxnDate: day, CurrencyRef: { value: currency }, PrivateNote: note },
    ...reference('CustomerRef', document.customerId),
    ...reference('DepartmentRef', document.departmentId),
    ...reference('ClassRef', document.classId),
    ...reference('PaymentMethodRef', isOwed ? undefined : document.paymentMethodId),
    ...reference('DepositToAccountRef', document.depositAccountId),
    ...(depositMinor !== undefined && { Deposit: amount(depositMinor) }),
    ApplyTaxAfterDiscount: true,
    Line: [
      ...lines.map((line) => lineOf(line, document)),
      ...(discountMinor > 0 ? [discount] : []),
    ],
  };
}

function lineOf(line: BooksLine, { currency, taxCode, classId }: BooksDocument): Json {
  const { itemId, description, amountMinor, quantity, unitPriceMinor } = line;
  return {
    ...{ Amount: amountOf(amountMinor, currency), Description: description },
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: {
      ...{ ItemRef: { value: itemId }, TaxCodeRef: { value: taxCode } },
      ...(quantity !== undefined && { Qty: Number(quantity) }),
      ...(unitPriceMinor !== undefined && { UnitPrice: amountOf(unitPriceMinor, currency) }),
      ...reference('ClassRef', classId),
    },
  };
}

const reference = (name: string, value: string | undefined): Json =>
  value === undefined ? {} : { [name]: { value } };

/** One division is rounded to the nearest number, so up to 2^53 no minor unit is lost. */
export const amountOf = (minor: number, currency: string): number =>
  minor / 10 ** exponentOf(currency);
