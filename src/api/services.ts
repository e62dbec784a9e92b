import type { Identity } from '../commands/identity/identity.ts';
import type { TokenKeeper } from '../commands/integrations/tokens.ts';
import type { UsageMeter } from '../commands/integrations/usage-meter.ts';
import type { Notifier } from '../commands/notifications/notify.ts';
import type { OptOutLinks } from '../commands/notifications/opt-out-links.ts';
import type { ShopSecrets } from '../commands/shop-secret.ts';
import type { SubscriptionSecrets } from '../commands/webhook-subscriptions/subscription-secrets.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import type { EventTypes } from '../domain/kernel/event-types.ts';
import type { Category } from '../domain/kernel/names.ts';
import type { ShopSource } from '../domain/kernel/shop.ts';
import type { ProviderPrice } from '../domain/provider-usage/index.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { SealedCredentials } from '../engine/credentials/sealed-credentials.ts';
import type { DeliveryReport } from '../engine/deliveries/delivery-worker.ts';
import type { Failure } from '../engine/failure-watch.ts';
import type { SealedBodies } from '../engine/intake/sealed-bodies.ts';
import type { CallerOrigins } from '../engine/personal-data/caller-origins.ts';
import type { Erasure } from '../engine/personal-data/erasure.ts';
import type { MasterKeys } from '../engine/personal-data/master-keys.ts';
import type { DurableProcess } from '../engine/processes/durable/durable-process.ts';
import type { ProcessEngine } from '../engine/processes/process-engine.ts';
import type { ProjectionEngine } from '../engine/projections/projection-engine.ts';
import type { FairTurns } from '../lib/fair-turns.ts';
import type { SlidingTally } from '../lib/sliding-tally.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { DiskSpace } from '../ports/host.ts';
import type { Ids } from '../ports/ids.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PaymentNotices } from '../ports/payment-notices.ts';
import type { PhoneNumbers } from '../ports/phone-numbers.ts';
import type { ProviderClients, ProviderConnections } from '../ports/provider-client.ts';
import type { ProviderGuards } from '../ports/provider-guard.ts';
import type { ReadStore } from '../ports/read-store.ts';
import type { TemplateRenderer } from '../ports/template-renderer.ts';
import type { Tracer } from '../ports/tracer.ts';
import type { WebhookSources } from '../ports/webhook-sources.ts';
import type { AuditPolicy } from '../projections/audit-trail/queries.ts';
import type { Dependency } from './health/dependency.ts';
import type { StaticContent } from './http/static-content.ts';
import type { Limiters } from './pipeline/limiters.ts';
import type { ReadCache } from './read-cache.ts';
import type { Authorizations } from './routes/integrations/authorizations.ts';

/** The parts of the running system that its API uses. */
export interface AppServices {
  readonly commands: CommandEngine;
  /** Users, their credentials and their sessions. */
  readonly identity: Identity;
  readonly projections: ProjectionEngine;
  readonly log: EventLog;
  /** All event types that this version can read. */
  readonly types: EventTypes;
  /** Slices of long work, one in a turn of the event loop. */
  readonly turns: FairTurns;
  /** What an event means, in one plain sentence. */
  readonly describe: (event: RecordedEvent) => string;
  /** How the events are audited. */
  readonly audit: AuditPolicy;
  /** From where the requests behind events came. */
  readonly origins: Pick<CallerOrigins, 'open'>;
  /** Categories of the streams that belong to shops. */
  readonly categories: readonly Category[];
  readonly readStore: ReadStore;
  readonly readCache: ReadCache;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly notifier: Notifier;
  /** Links by which people opt out of messages. */
  readonly links: OptOutLinks;
  /** Sign the cursors of devices. */
  readonly syncSecrets: ShopSecrets;
  readonly renderer: TemplateRenderer;
  readonly phones: PhoneNumbers;
  /** Signs reports of what became of messages; empty: none are accepted. */
  readonly deliveryReportSecret: string;
  readonly calendar: Calendar;
  /** Absent where the payment provider sends no notices. */
  readonly paymentNotices: PaymentNotices | undefined;
  /** The apps at providers whose webhooks are taken. */
  readonly webhookSources: WebhookSources;
  /** What providers sent, encrypted. */
  readonly webhookBodies: SealedBodies;
  /** Credentials of other systems, encrypted in the vault. */
  readonly credentials: SealedCredentials;
  /** What payers gave for payments, encrypted, for a day. */
  readonly paymentSources: SealedCredentials;
  /** Accounts of shops at providers. */
  readonly connections: ProviderConnections;
  /** Secrets that sign the webhooks of subscriptions. */
  readonly subscriptionSecrets: SubscriptionSecrets;
  readonly authorizations: Authorizations;
  /** Valid tokens of connections. */
  readonly tokens: TokenKeeper;
  readonly usage: Pick<UsageMeter, 'observerOf'>;
  readonly providerPrices: Readonly<Record<string, ProviderPrice>>;
  readonly providerClients: ProviderClients;
  readonly providerGuards: ProviderGuards;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Undefined when nothing is traced. */
  readonly tracer: Tracer | undefined;
  /** Denied requests of the last minutes by shop. */
  readonly denials: SlidingTally;
  readonly shops: ShopSource;
  /** Limit the requests of shops, users and addresses. */
  readonly limiters: Limiters;
  /** Servers and files that the system depends on. */
  readonly dependencies: readonly Dependency[];
  /** The role of this instance where several share storage. */
  readonly role: 'api' | 'worker' | 'all';
  /** Names of the work that this instance does under a lease. */
  readonly work: () => readonly string[];
  /** The deliveries; undefined while another instance sends them. */
  readonly deliveries: () => DeliveryReport | undefined;
  /** The process managers that run in this instance. */
  readonly processes: Pick<ProcessEngine, 'report'>;
  /** All processes with a memory, whichever instance runs them. */
  readonly durableProcesses: readonly DurableProcess[];
  /** Destroys the keys of personal data. */
  readonly erasure: Erasure;
  /** The keys that encrypt the keys of personal data. */
  readonly masterKeys: Pick<MasterKeys, 'rotate' | 'status'>;
  /** Set while the event log does not store events. */
  readonly appendFailure: () => Failure | undefined;
  /** What the instance last observed of itself; undefined before that. */
  readonly observed: () => ObservedInstance | undefined;
  /** False while the system starts or stops. */
  readonly accepting: () => boolean;
}

/** A part of an observation. */
export interface ObservedInstance {
  readonly atMs: number;
  readonly disk: DiskSpace | undefined;
  readonly startsLastHour: number | undefined;
}

/** The HTTP server around the routes. */
export interface ServerState {
  /** The product's version. */
  readonly version: string;
  readonly startedMs: number;
  /** A dependency that takes longer than this to answer a health check counts as down. */
  readonly pingMs: number;
  /** False while the server starts or stops. */
  readonly ready: () => boolean;
  /** Whether all read models have been up to date once since the start. */
  caughtUp: boolean;
  /** The OpenAPI document of all routes. */
  readonly openApi: () => Promise<StaticContent>;
}

/** The services that routes may use. Documents are reached only through a request's `reads`. */
export interface Services extends Omit<AppServices, 'readStore'> {
  readonly server: ServerState;
}
