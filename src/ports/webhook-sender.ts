import type { SendOutcome } from './delivery-channel.ts';

export interface WebhookCall {
  /** Name of the endpoint, as configured. */
  readonly endpoint: string;
  /** Id of the message: the same for each attempt of the same content. */
  readonly key: string;
  readonly reference: string;
  /** JSON. */
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface SignedWebhook extends Omit<WebhookCall, 'endpoint'> {
  readonly url: string;
  /** Base64, after `whsec_`. It is signed with each. */
  readonly secrets: readonly string[];
}

/** Posts webhooks that are signed. */
export interface SignedWebhooks {
  /** Never throws because of the network or the other side. Sets `unreachable` for no response. */
  post(webhook: SignedWebhook): Promise<SendOutcome>;
}

/** Calls other systems that have asked to be notified of something. */
export interface WebhookSender {
  /** Never throws because of the network or the other side. */
  send(call: WebhookCall): Promise<SendOutcome>;
}
