import {
  type BooksMapping,
  documentNumber,
  translateRefund,
  translateSale,
  type Translation,
} from '../../domain/books/index.ts';
import type { Order, OrderRefunded } from '../../domain/orders/index.ts';
import type { Digest } from '../../ports/digest.ts';

/**
 * The number of a sale in the books, for ever.
 * @param source its id at Square. It alone counts, so that others can compute the number as well.
 */
export function saleNumber(
  digest: Digest,
  storeId: string,
  orderId: string,
  source: string | undefined,
): string {
  const sha256 = digest.sha256(source ?? `order ${storeId} ${orderId}`);
  return documentNumber(source === undefined ? 'TS-' : 'SQ-', sha256);
}

/** The number of a refund in the books, for ever. */
export function refundNumber(
  digest: Digest,
  storeId: string,
  of: {
    readonly orderId: string;
    readonly refundId: string;
    /** The id of its sale at Square. */
    readonly source: string | undefined;
  },
): string {
  const { orderId, refundId, source } = of;
  const origin = source === undefined ? `order ${storeId} ${orderId}` : `square ${source}`;
  const sha256 = digest.sha256(`${origin} refund ${refundId}`);
  return documentNumber(source === undefined ? 'TSR-' : 'SQR-', sha256);
}

/** The number of a correction of a sale in the books, for ever. */
export function correctionNumber(
  digest: Digest,
  storeId: string,
  of: {
    readonly orderId: string;
    readonly correctionId: string;
    /** The id of its sale at Square. */
    readonly source: string | undefined;
  },
): string {
  const { orderId, correctionId, source } = of;
  const origin = source === undefined ? `order ${storeId} ${orderId}` : `square ${source}`;
  // Revisions are of this shop, while two shops can have one sale of Square.
  const sha256 = digest.sha256(`${origin} correction ${storeId} ${correctionId}`);
  return documentNumber(source === undefined ? 'TSC-' : 'SQC-', sha256);
}

/** What an order becomes in the books of a shop; with a refund, what that refund becomes. */
export function translate(
  digest: Digest,
  storeId: string,
  order: Order,
  mapping: BooksMapping,
  refund?: OrderRefunded['data'],
): Translation {
  const { source, orderId } = order;
  if (refund) {
    const of = { orderId, refundId: refund.refundId, source: source?.id };
    const number = refundNumber(digest, storeId, of);
    return translateRefund({ order, refund, number }, mapping);
  }
  const number = saleNumber(digest, storeId, orderId, source?.id);
  return translateSale({ order, number }, mapping);
}
