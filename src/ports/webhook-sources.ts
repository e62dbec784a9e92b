import type { Provider } from '../domain/kernel/providers.ts';

/** A request of a provider, as it came. */
export interface WebhookRequest {
  readonly body: Uint8Array;
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The query of its address, without the question mark. */
  readonly query: string;
}

/** One event that a request reports, as its provider writes it. */
export interface WebhookContent {
  /** The account at the provider; undefined where the provider does not name one. */
  readonly account?: string | undefined;
  readonly eventId: string;
  /** The same for each repeat of the event and for no other event of the provider. */
  readonly key: string;
  readonly eventType: string;
  readonly isKnown: boolean;
  readonly entityType?: string | undefined;
  readonly entityId?: string | undefined;
  readonly orderId?: string | undefined;
  /** As `Date.toISOString` writes it. */
  readonly occurredAt?: string | undefined;
  /** The part of the body that is about this event: all of it, or the part of one account. */
  readonly body: string;
}

/** How one provider signs and writes its webhooks. */
export interface WebhookScheme {
  /**
   * The time that the request claims to be signed at, in ms; undefined: it names none. Checked
   * before the signature, which covers it.
   */
  signedAtMs?(request: WebhookRequest): number | undefined;
  /** How long a signed request is valid. Without it, repeats are recognized by their event. */
  readonly maxAgeMs?: number;
  /** Compares in constant time. `url` is the address as it is registered at the provider. */
  isSigned(request: WebhookRequest, secret: string, url: string): boolean;
  /** @throws TillstreamError webhook_malformed. */
  read(request: WebhookRequest, context: ReadingContext): readonly WebhookContent[];
}

export interface ReadingContext {
  readonly isSigned: boolean;
  readonly nowMs: number;
}

/** An app at a provider, which posts webhooks to one address. */
export interface WebhookSource {
  readonly provider: Provider;
  readonly app: string;
  /** Takes the security events of its address. */
  readonly shop: string;
  /** Whether requests without a valid signature are kept as hints. */
  readonly takesHints: boolean;
  /** Whether requests may come from that network address. */
  allows(address: string): boolean;
  /** Signed too long ago, or in the future, by its own word. */
  isStale(request: WebhookRequest, nowMs: number): boolean;
  isSigned(request: WebhookRequest): boolean;
  /** @throws TillstreamError webhook_malformed. */
  read(request: WebhookRequest, context: ReadingContext): readonly WebhookContent[];
  /** The account and its shop; undefined for an account of no shop. */
  owner(content: WebhookContent): { readonly account: string; readonly shop: string } | undefined;
}

/** The apps of this installation. */
export interface WebhookSources {
  find(provider: Provider, app: string): WebhookSource | undefined;
  /** Of the app that takes the webhooks of an account: its path here, or its own address. */
  addressOf(provider: Provider, account: string): string | undefined;
}

/** Without apps there are no webhook addresses. */
export const NO_WEBHOOKS: WebhookSources = {
  find: () => undefined,
  addressOf: () => undefined,
};
