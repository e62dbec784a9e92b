/** When the provider signed a notice, in ms; undefined: it did not, or long ago. */
export type NoticeSignature = (signature: string | undefined, body: string) => number | undefined;

/** How notices of the payment provider are recognized. */
export interface PaymentNotices {
  /** Name of the header with the signature, in lower case. */
  readonly header: string;
  readonly signedAt: NoticeSignature;
}
