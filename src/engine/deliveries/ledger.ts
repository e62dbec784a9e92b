/** Names a delivery. */
export interface DeliveryRef {
  readonly storeId: string;
  readonly deliveryId: string;
}

/** An attempt that this worker was granted, and no other. */
export interface GrantedAttempt {
  readonly attempt: number;
  readonly key: string;
  readonly recipient: string;
  readonly content: unknown;
}

export interface AttemptFailure {
  readonly failureClass: 'retry' | 'auth' | 'permanent' | 'interrupted';
  readonly code: string;
  readonly reason: string;
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

/** What the machine records, each exactly once for the same attempt. All methods can throw. */
export interface DeliveryLedger {
  /**
   * Begins an attempt, if the log says that one is due. `worker` is drawn once per attempt: calling
   * it again with the same one returns the same grant.
   * @returns undefined when there is nothing to send now, or another worker has it.
   */
  begin(ref: DeliveryRef, worker: string): Promise<GrantedAttempt | undefined>;
  confirm(
    ref: DeliveryRef,
    attempt: number,
    receipt: { readonly providerId?: string; readonly duplicate?: true },
  ): Promise<void>;
  fail(ref: DeliveryRef, attempt: number, failure: AttemptFailure): Promise<void>;
}
