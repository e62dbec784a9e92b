/** A charge. `attemptId` is its idempotency key: the provider has one payment per attempt id. */
export interface ChargeRequest {
  readonly attemptId: string;
  /** With the tip. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly method: string;
  /** For the statement of the payer, such as the order's id. */
  readonly reference: string;
}

export interface RefundRequest {
  readonly attemptId: string;
  /** Idempotency key of the refund. */
  readonly refundId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

/** What the provider says about a payment. `accepted`: it will confirm or refuse it later. */
export type ProviderPayment =
  | {
      readonly kind: 'succeeded';
      readonly transactionId: string;
      readonly chargedMinor: number;
    }
  | { readonly kind: 'accepted'; readonly transactionId: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Nothing was charged, and the same charge may succeed later. */
export interface ProviderRetry {
  readonly kind: 'retry';
  readonly reason: string;
  /** The earliest next try, in ms from now, where the provider says so. */
  readonly afterMs?: number;
}

export type ProviderRefund =
  | { readonly kind: 'refunded'; readonly transactionId: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * A provider that moves money. Each call may be repeated: same ids, same payment or refund.
 * @throws UpstreamError upstream_unavailable, upstream_timeout, upstream_invalid_response: whether
 *   the provider acted is not known. Look it up.
 */
export interface PaymentProvider {
  charge(request: ChargeRequest): Promise<ProviderPayment | ProviderRetry>;
  /** Undefined: the provider has no payment of that attempt. */
  lookup(attemptId: string): Promise<ProviderPayment | undefined>;
  refund(request: RefundRequest): Promise<ProviderRefund | ProviderRetry>;
}

/** A payment, as far as its provider is concerned. */
export interface PaymentAtProvider {
  readonly provider: string;
  readonly paymentId: string;
  readonly orderId: string;
  /** Without the tip. */
  readonly amountMinor: number;
  readonly tipMinor: number;
  /** Business day. The charge was not sent before. */
  readonly requestedOn: string;
  /** Names what the payer gave. */
  readonly sourceId?: string;
  readonly transactionId?: string;
}

/** Payments through the accounts of the shops themselves. */
export interface ConnectedPayments {
  /** Undefined: the shop has no account there that can be used now. */
  open(storeId: string, payment: PaymentAtProvider): Promise<PaymentProvider | undefined>;
}
