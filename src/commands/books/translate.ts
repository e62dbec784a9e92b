import {
  type BooksMapping,
  documentNumber,
  translateRefund,
  translateSale,
  type Translation,
} from '../../domain/books/index.ts';
import type { Order, OrderRefunded } from '../../domain/orders/index.ts';
import type { Digest } from '../../ports/digest.ts';

/** What an order becomes in the books of a shop; with a refund, what that refund becomes. */
export function translate(
  digest: Digest,
  storeId: string,
  order: Order,
  mapping: BooksMapping,
  refund?: OrderRefunded['data'],
): Translation {
  const { source, orderId } = order;
  const origin = source ? `${source.provider} ${source.id}` : `order ${storeId} ${orderId}`;
  if (refund) {
    const sha256 = digest.sha256(`${origin} refund ${refund.refundId}`);
    const number = documentNumber(source ? 'SQR-' : 'TSR-', sha256);
    return translateRefund({ order, refund, number }, mapping);
  }
  // The id of Square alone, so that others can compute the number from it as well.
  const sha256 = digest.sha256(source ? source.id : origin);
  return translateSale({ order, number: documentNumber(source ? 'SQ-' : 'TS-', sha256) }, mapping);
}
