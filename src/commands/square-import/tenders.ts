import type { ImportedPayment, RefundOrder } from '../../domain/orders/index.ts';
import { groupOf } from '../../domain/kernel/tender.ts';
import type { JsonNode } from './json-node.ts';
import { money, moneyOrZero } from './money.ts';

type Method = ImportedPayment['method'];

/**
 * Square's types of tender as our methods. What is paid by scanning or tapping a wallet counts as
 * qr; stored value, accounts and all that is recorded from elsewhere as a transfer.
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

function methodOf(tender: JsonNode): Method {
  const type = tender.at('type').text();
  const card = tender.optional('card_details')?.optional('card');
  if (type === 'CARD' && card?.optional('card_type')?.value === 'DEBIT') return 'debit_card';
  return METHOD_OF[type] ?? 'bank_transfer';
}

/** A card that was not charged, and a drawer opened without a sale, are no payments. */
function isMoney(tender: JsonNode): boolean {
  if (tender.at('type').value === 'NO_SALE') return false;
  const status = tender.optional('card_details')?.optional('status')?.value;
  return status === undefined || status === 'CAPTURED';
}

/** What was paid. Square's amount holds the tip; ours does not. */
export function paymentsOf(order: JsonNode, currency: string): ImportedPayment[] {
  const tenders = order.at('tenders').items().filter(isMoney);
  return tenders.map((tender) => {
    const method = methodOf(tender);
    const tipMinor = moneyOrZero(tender.optional('tip_money'), currency);
    const handed = tender.optional('cash_details')?.optional('buyer_tendered_money');
    const at = tender.optional('created_at');
    return {
      paymentId: (tender.optional('payment_id') ?? tender.at('id')).text(),
      method,
      amountMinor: money(tender.at('amount_money'), currency) - tipMinor,
      tipMinor,
      ...(handed && method === 'cash' && { tenderedMinor: money(handed, currency) }),
      ...(at && { at: at.text() }),
    };
  });
}

export interface SquareRefund {
  readonly id: string;
  /** When it was made, if Square says so. */
  readonly at: JsonNode | undefined;
  readonly data: RefundOrder['data'];
}

/**
 * Money that went back at Square, goods before tip. Those that are pending or failed are no money.
 * @param goodsMinor what the order came to without its tip.
 */
export function refundsOf(order: JsonNode, currency: string, goodsMinor: number): SquareRefund[] {
  const methods = new Map(
    order
      .at('tenders')
      .items()
      .map((tender) => [tender.optional('id')?.value, methodOf(tender)]),
  );
  let goodsLeft = goodsMinor;
  const done = order.at('refunds').items().filter(wasMade);
  return done.map((refund) => {
    const totalMinor = money(refund.at('amount_money'), currency);
    const amountMinor = Math.min(totalMinor, goodsLeft);
    goodsLeft -= amountMinor;
    const method = methods.get(refund.optional('tender_id')?.value) ?? 'credit_card';
    const back = groupOf(method) === 'cash' ? 'toCashMinor' : 'toCardMinor';
    const tipMinor = totalMinor - amountMinor;
    return {
      id: refund.at('id').text(),
      at: refund.optional('created_at'),
      data: {
        amountMinor,
        ...(tipMinor > 0 && { tipMinor }),
        [back]: totalMinor,
        reason: refund.optional('reason')?.text() ?? 'refunded at square',
        currency,
      },
    };
  });
}

function wasMade(refund: JsonNode): boolean {
  const status = refund.optional('status')?.value;
  return status === undefined || status === 'APPROVED' || status === 'COMPLETED';
}
