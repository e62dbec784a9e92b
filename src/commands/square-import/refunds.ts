import { MAX_TEXT_LENGTH } from '../../domain/kernel/schema.ts';
import { groupOf } from '../../domain/kernel/tender.ts';
import type { RefundOrder } from '../../domain/orders/index.ts';
import type { JsonNode } from './json-node.ts';
import { money } from './money.ts';
import { methodOf } from './tenders.ts';

/** COMPLETED is a status of the newer PaymentRefund; the other statuses moved no money. */
const MADE_STATUSES: readonly unknown[] = ['APPROVED', 'COMPLETED'];

export interface SquareRefund {
  /** Undefined when Square gives none. */
  readonly id: string | undefined;
  /** JSON pointer to the refund. */
  readonly path: string;
  /** When it was made, if Square says so. */
  readonly at: JsonNode | undefined;
  readonly data: RefundOrder['data'];
}

/**
 * Money that Square sent back, first for goods and then for the tip. A refund that is pending,
 * rejected or failed moved none.
 * @param goodsMinor the order's total without its tip.
 */
export function refundsOf(order: JsonNode, currency: string, goodsMinor: number): SquareRefund[] {
  const methods = new Map(
    order
      .at('tenders')
      .items()
      .map((tender) => [tender.optional('id')?.value, methodOf(tender)]),
  );
  let goodsLeft = goodsMinor;
  return order
    .at('refunds')
    .items()
    .filter(wasMade)
    .map((refund) => {
      const totalMinor = money(refund.at('amount_money'), currency);
      const amountMinor = Math.min(totalMinor, goodsLeft);
      goodsLeft -= amountMinor;
      const method = methods.get(refund.optional('tender_id')?.value) ?? 'credit_card';
      const back = groupOf(method) === 'cash' ? 'toCashMinor' : 'toCardMinor';
      const tipMinor = totalMinor - amountMinor;
      return {
        id: refund.optional('id')?.id(),
        path: refund.path,
        at: refund.optional('created_at'),
        data: {
          amountMinor,
          ...(tipMinor > 0 && { tipMinor }),
          [back]: totalMinor,
          reason: refund.optional('reason')?.label(MAX_TEXT_LENGTH) ?? 'refunded at square',
          currency,
        },
      };
    });
}

function wasMade(refund: JsonNode): boolean {
  const status = refund.optional('status');
  if (!status || MADE_STATUSES.includes(status.value)) return true;
  if (status.value === 'PENDING') {
    status.note('refund_not_made', 'expected APPROVED, found PENDING: the refund is not imported');
  }
  return false;
}
