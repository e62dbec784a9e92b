import type { Dependency } from '../api/health/dependency.ts';
import type { AlertContact, AlertRules } from '../domain/alerts/index.ts';
import type { Severity } from '../domain/kernel/audit.ts';
import type { ShopSource } from '../domain/kernel/shop.ts';
import type { ProviderPrice } from '../domain/provider-usage/index.ts';
import type { ProjectionLimits } from '../engine/projections/limits.ts';
import type { ProjectionEngine } from '../engine/projections/projection-engine.ts';
import type { Feature } from '../features/feature.ts';
import type { AuditEndpoint, AuditFiles } from '../ports/audit-sinks.ts';
import type { Cache } from '../ports/cache.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Cipher } from '../ports/cipher.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { EmailTransport } from '../ports/email-transport.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Host } from '../ports/host.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { Ids } from '../ports/ids.ts';
import type { KeyRing } from '../ports/key-ring.ts';
import type { Leases } from '../ports/lease.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PasswordHash } from '../ports/password-hash.ts';
import type { PaymentNotices } from '../ports/payment-notices.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { PhoneNumbers } from '../ports/phone-numbers.ts';
import type { ProviderClients } from '../ports/provider-client.ts';
import type { ProviderGuards } from '../ports/provider-guard.ts';
import type { ProviderOAuths } from '../ports/provider-oauth.ts';
import type { RateLimits } from '../ports/rate-limit.ts';
import type { LimiterOverrides } from '../ports/rate-limit-definitions.ts';
import type { CheckpointStore, ReadStore } from '../ports/read-store.ts';
import type { ReceiptRenderer } from '../ports/receipt-renderer.ts';
import type { SmsTransport } from '../ports/sms-transport.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { TemplateRenderer } from '../ports/template-renderer.ts';
import type { TokenSigner } from '../ports/token-signer.ts';
import type { Tracer } from '../ports/tracer.ts';
import type { Vault } from '../ports/vault.ts';
import type { SignedWebhooks, WebhookSender } from '../ports/webhook-sender.ts';
import type { WebhookSources } from '../ports/webhook-sources.ts';

/** Everything outside the system. The simulation passes in its own. */
export interface Ports {
  readonly log: EventLog;
  readonly readStore: ReadStore;
  readonly snapshots: SnapshotStore;
  /** Secrets that must outlive the log beside it, and may be removed from it. */
  readonly vault: Vault;
  /** Master keys of the keys of persons in the vault. */
  readonly keyRing: KeyRing;
  readonly cipher: Cipher;
  /** Overwrites what was changed or removed in the files of the read models, where it can. */
  readonly overwriteRemoved?: () => Promise<void>;
  /** Checkpoints of the processes; default the read store. */
  readonly processStore?: CheckpointStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly passwords: PasswordHash;
  readonly tokens: TokenSigner;
  readonly calendar: Calendar;
  readonly logger: Logger;
  /** What operators measure; default nothing. */
  readonly metrics?: Metrics;
  /** Traces; default none, at no cost. */
  readonly tracer?: Tracer;
  /** The machine below; default unknown. */
  readonly host?: Host;
  /** The cache that instances share; without it each one keeps its own, where it may. */
  readonly cache?: Cache;
  /** Limits of request rates; without it only concurrent requests are limited. */
  readonly rateLimits?: RateLimits;
  /** Charges and refunds; without it payments through a provider wait. */
  readonly paymentProvider?: PaymentProvider;
  /** Recognizes notices of the payment provider; without it none are taken. */
  readonly paymentNotices?: PaymentNotices;
  /** Apps at providers whose webhooks are taken; default none. */
  readonly webhookSources?: WebhookSources;
  /** Clients of the providers that shops are connected with; default none. */
  readonly providerClients?: ProviderClients;
  /** Apps of this installation at providers; default none. */
  readonly oauth?: ProviderOAuths;
  /** Breakers and queues of the calls to providers; default none. */
  readonly providerGuards?: ProviderGuards;
  /** Calls to other systems; without it none are made. */
  readonly httpClient?: HttpClient;
  /** Sends e-mails; without it they wait. */
  readonly email?: EmailTransport;
  /** Sends text messages; without it they wait. */
  readonly sms?: SmsTransport;
  /** Calls the systems among the contacts of alerts; without it they are not notified. */
  readonly webhooks?: WebhookSender;
  /** Posts events to systems of shops that follow them; without it they wait. */
  readonly signedWebhooks?: SignedWebhooks;
  /** A system outside that keeps audit records; without it none are sent. */
  readonly auditEndpoint?: AuditEndpoint;
  /** Files of audit records; without it none are written. */
  readonly auditFiles?: AuditFiles;
  /** Fills the templates of notifications. */
  readonly renderer: TemplateRenderer;
  readonly phones: PhoneNumbers;
  /** Prints what is attached to e-mails. */
  readonly receipts: ReceiptRenderer;
}

/** The role of an instance among several on the same storage. */
export type InstanceRole = 'api' | 'worker' | 'all';

/** How instances on the same storage share the work that only one of them may do at a time. */
export interface Sharing {
  readonly leases: Leases;
  /** Id of this instance as a holder of leases. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly role: InstanceRole;
}

export interface AppOptions {
  readonly ports: Ports;
  readonly features: readonly Feature[];
  readonly shops: ShopSource;
  /** Pause between two background audits of the documents against the log; 0 disables them. */
  readonly auditEveryMs: number;
  /** Percentage of the time that a background audit works; it pauses in between. Default 100. */
  readonly auditPercent?: number;
  readonly projectionLimits?: Partial<ProjectionLimits>;
  /** Folded streams that are cached for the next command. */
  readonly cachedStreams?: number;
  /** Memory for folded streams that are cached for the next command, in bytes. */
  readonly cachedBytes?: number;
  /** A stream gets a snapshot after each so many events. */
  readonly snapshotEveryEvents?: number;
  /** The projection engine when the read models are updated outside this event loop. */
  readonly projections?: ProjectionEngine;
  /** Set when several instances run on the same storage. */
  readonly sharing?: Sharing;
  /** When alerts are raised and resolved; default the rules of the product. */
  readonly alertRules?: AlertRules;
  /** Who is notified of alerts; default no one. */
  readonly alertContacts?: readonly AlertContact[];
  /** Limiters that differ from their defaults. */
  readonly limiters?: LimiterOverrides;
  /** Whole months for which events show from where their requests came; default 12. */
  readonly originMonths?: number;
  /** Audit records below it are not exported; failures always are. Default LOW. */
  readonly auditExportSeverity?: Severity;
  /** Address of this installation in links of messages; empty: without links. */
  readonly publicUrl?: string;
  /** What calls to providers cost, by provider; default nothing. */
  readonly providerPrices?: Readonly<Record<string, ProviderPrice>>;
  /** Signs reports of what became of messages; empty: none are accepted. */
  readonly deliveryReportSecret?: string;
  /** The servers in the health report; default the log and the read store. */
  readonly dependencies?: readonly Dependency[];
}
