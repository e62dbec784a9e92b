/** A message as a channel gets it. */
export interface OutgoingMessage {
  /** The same for each attempt of the same content: the other side knows a repeat by it. */
  readonly key: string;
  /** `<storeId>.<deliveryId>`, for reports of the other side about what became of it. */
  readonly reference: string;
  readonly storeId: string;
  readonly recipient: string;
  /** The content in the form of the channel. */
  readonly content: unknown;
  /** Aborts when the attempt takes too long, or the instance stops. */
  readonly signal: AbortSignal;
}

/**
 * How an attempt ended. Of a failure, `reason` is for people and quotes no personal data, which
 * `detail` may.
 * - `retry`: it may succeed later.
 * - `auth`: the credentials were refused.
 * - `duplicate`: the other side has had it, or a message of the same key, before.
 * - `permanent`: it never succeeds as it is.
 */
export type SendOutcome =
  | { readonly outcome: 'accepted'; readonly providerId?: string }
  | {
      readonly outcome: 'failed';
      readonly failureClass: 'retry' | 'auth' | 'duplicate' | 'permanent';
      /** `[a-z0-9_.-]`, such as `smtp_550` or `smtp_5.1.1`. */
      readonly code: string;
      readonly reason: string;
      readonly detail?: string;
      /** When the other side asked to be called again. */
      readonly retryAfterMs?: number;
      /**
       * The other side was not reached, or takes nothing from this sender: other messages will not
       * reach it either.
       */
      readonly unreachable?: true;
    };

/** A way by which messages leave the system. */
export interface DeliveryChannel {
  readonly name: string;
  /** Messages in progress at one time. */
  readonly maxConcurrent: number;
  /** Sends a message. Never throws because of the network or the other side. */
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** After a duplicate: whether the other side has it. Without it, a duplicate was accepted. */
  lookUp?(message: OutgoingMessage): Promise<'accepted' | 'unknown'>;
}
