import type { SendOutcome } from './delivery-channel.ts';

export interface SmsMessage {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Idempotency key of the message. */
  readonly key: string;
  /** Comes back in the reports about it. */
  readonly reference: string;
  readonly signal: AbortSignal;
}

/** Hands text messages over to a provider. */
export interface SmsTransport {
  /** Never throws because of the network or the provider. */
  send(message: SmsMessage): Promise<SendOutcome>;
}
