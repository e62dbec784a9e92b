import type { ImportedPayment } from '../../domain/orders/index.ts';
import { idsOf } from './ids.ts';
import type { JsonNode } from './json-node.ts';
import { money, moneyOrZero } from './money.ts';

type Method = ImportedPayment['method'];

/**
 * Square's types of tender as methods of payment. Scanning or tapping a wallet counts as qr; stored
 * value, accounts and everything recorded from elsewhere as a transfer.
 */
const METHOD_OF: Readonly<Record<string, Method>> = {
  CASH: 'cash',
  CARD: 'credit_card',
  THIRD_PARTY_CARD: 'credit_card',
  WALLET: 'qr',
  BANK_ACCOUNT: 'bank_transfer',
  BUY_NOW_PAY_LATER: 'bank_transfer',
  SQUARE_ACCOUNT: 'bank_transfer',
  SQUARE_GIFT_CARD: 'bank_transfer',
  OTHER: 'bank_transfer',
};

/** The drawer was opened without a sale. */
export const NO_SALE = 'NO_SALE';

/** Square has the money. The other states are AUTHORIZED, PENDING, VOIDED and FAILED. */
const PAID_STATUSES: readonly unknown[] = ['CAPTURED', 'COMPLETED'];

/**
 * The fields of a tender that can have a status. The documentation gives each to certain types
 * (`card_details` to cards and gift cards, for example); `wallet_details` is documented for
 * payments only. All are read whatever the type, so that an odd tender never counts as money.
 */
const DETAILS = [
  'card_details',
  'bank_account_details',
  'buy_now_pay_later_details',
  'square_account_details',
  'wallet_details',
] as const;

export function methodOf(tender: JsonNode): Method {
  const type = tender.at('type').text();
  const card = tender.optional('card_details')?.optional('card');
  if (type === 'CARD' && card?.optional('card_type')?.value === 'DEBIT') return 'debit_card';
  return METHOD_OF[type] ?? 'bank_transfer';
}

/** The status for which a tender is not money yet, or never will be; undefined when it is money. */
function unpaidStatusOf(tender: JsonNode): JsonNode | undefined {
  const statuses = DETAILS.map((name) => tender.optional(name)?.optional('status'));
  return statuses.find((status) => status && !PAID_STATUSES.includes(status.value));
}

/**
 * The payments of an order. A tender that is not captured or completed is none: its part stays
 * due. Square's amount contains the tip; the amount of a payment does not.
 */
export function paymentsOf(order: JsonNode, currency: string): ImportedPayment[] {
  const tenders = order
    .at('tenders')
    .items()
    .filter((tender) => tender.at('type').text() !== NO_SALE && !unpaidStatusOf(tender));
  const ids = idsOf(tenders, 'tender', (tender) =>
    (tender.optional('payment_id') ?? tender.optional('id'))?.id(),
  );
  return tenders.map((tender, i) => paymentOf(tender, ids[i] ?? '', currency));
}

function paymentOf(tender: JsonNode, paymentId: string, currency: string): ImportedPayment {
  const method = methodOf(tender);
  const takenMinor = money(tender.at('amount_money'), currency);
  const tipMinor = moneyOrZero(tender.optional('tip_money'), currency);
  if (tipMinor > takenMinor) {
    throw tender.at('tip_money').unexpected(`at most the ${takenMinor} of amount_money`);
  }
  const at = tender.optional('created_at')?.instant();
  return {
    paymentId,
    method,
    amountMinor: takenMinor - tipMinor,
    tipMinor,
    ...(method === 'cash' && tenderedCash(tender, takenMinor, currency)),
    ...(at !== undefined && { at }),
  };
}

/** The cash handed over only explains the change, so a doubtful amount does not lose the order. */
function tenderedCash(
  tender: JsonNode,
  takenMinor: number,
  currency: string,
): { tenderedMinor?: number } {
  const handed = tender.optional('cash_details')?.optional('buyer_tendered_money');
  if (!handed) return {};
  const tenderedMinor = money(handed, currency);
  if (tenderedMinor >= takenMinor) return { tenderedMinor };
  handed.note(
    'cash_tendered_ignored',
    `expected at least the ${takenMinor} of amount_money, found ${tenderedMinor}: not imported`,
  );
  return {};
}

/** Notes each tender that is not money, when part of the order stays due without it. */
export function noteUnpaidTenders(
  order: JsonNode,
  payments: readonly ImportedPayment[],
  totalMinor: number,
): void {
  const paidMinor = payments.reduce((sum, each) => sum + each.amountMinor + each.tipMinor, 0);
  if (paidMinor >= totalMinor) return;
  for (const tender of order.at('tenders').items()) {
    unpaidStatusOf(tender)?.note(
      'tender_not_paid',
      `expected CAPTURED or COMPLETED, found ${String(unpaidStatusOf(tender)?.value)}: ` +
        `not a payment; ${totalMinor - paidMinor} of ${totalMinor} stays due`,
    );
  }
}
