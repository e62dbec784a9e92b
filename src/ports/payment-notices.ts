/** A notice as it came, and the shop to which it came. */
export interface SentNotice {
  readonly signature: string | undefined;
  readonly shopId: string;
  readonly body: string;
}

/**
 * When the provider signed a notice for this shop, in ms; undefined: it did not, or long ago. What
 * was signed for one shop is nothing to another.
 */
export type NoticeSignature = (notice: SentNotice) => number | undefined;

/** How notices of the payment provider are recognized. */
export interface PaymentNotices {
  /** Name of the header with the signature, in lower case. */
  readonly header: string;
  readonly signedAt: NoticeSignature;
}
