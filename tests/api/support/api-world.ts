import { join } from 'node:path';

import { pino } from 'pino';

import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryKeyRing } from '../../../src/adapters/memory/key-ring.ts';
import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import { createPaymentNotices } from '../../../src/adapters/payments/notice-signature.ts';
import { createPdfReceipts } from '../../../src/adapters/receipts/pdf.ts';
import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { openSqliteReadStore } from '../../../src/adapters/sqlite/read-store.ts';
import { openSqliteVault } from '../../../src/adapters/sqlite/vault.ts';
import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import { systemCipher } from '../../../src/adapters/system/cipher.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { systemTokens } from '../../../src/adapters/system/jwt.ts';
import { createPasswordHash } from '../../../src/adapters/system/password-hash.ts';
import { systemPhoneNumbers } from '../../../src/adapters/system/phone-numbers.ts';
import { redactingLogger } from '../../../src/adapters/system/redacting-logger.ts';
import { createLiquidRenderer } from '../../../src/adapters/templates/liquid.ts';
import type { ApiLimits } from '../../../src/api/limits.ts';
import type { Route } from '../../../src/api/route.ts';
import { type Api, createApi } from '../../../src/api/server.ts';
import type { AppServices } from '../../../src/api/services.ts';
import { type App, createApp } from '../../../src/app/app.ts';
import type { Ports } from '../../../src/app/options.ts';
import { openWebhookSources } from '../../../src/boot/open-webhook-sources.ts';
import type { AlertContact } from '../../../src/domain/alerts/index.ts';
import { type Role, ROLES, type Shop } from '../../../src/domain/kernel/shop.ts';
import type { Feature } from '../../../src/features/feature.ts';
import { operations } from '../../../src/features/operations.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { KeyRing } from '../../../src/ports/key-ring.ts';
import type { Metrics } from '../../../src/ports/metrics.ts';
import type { PasswordHash } from '../../../src/ports/password-hash.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import type { RateLimits } from '../../../src/ports/rate-limit.ts';
import type { ReadStore } from '../../../src/ports/read-store.ts';
import type { Tracer } from '../../../src/ports/tracer.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import { PROVIDER_APPS } from '../../support/webhooks/apps.ts';
import { notesFeature } from './notes.ts';

/** Signs the reports of providers. */
export const REPORT_SECRET = 'secret of the reports';

export function keyOf(store: string, role: Role = 'manager'): string {
  return `key-of-${store}-${role}`;
}

export function someStore(id: string): Shop {
  return {
    id,
    name: `Store ${id}`,
    currency: 'USD',
    timezone: 'America/Bogota',
    dayStartsAt: '04:00',
    keys: ROLES.map((role) => ({
      id: `${id}-${role}`,
      sha256: systemDigest.sha256(keyOf(id, role)),
      role,
    })),
  };
}

/** Signs the notices of the payment provider. */
export const NOTICE_SECRET = 'secret-of-the-provider';

export interface WorldOptions {
  readonly features?: readonly Feature[];
  readonly routes?: readonly Route[];
  readonly limits?: Partial<ApiLimits>;
  readonly trustedProxies?: readonly string[];
  readonly wrapLog?: (log: EventLog) => EventLog;
  readonly wrapReadStore?: (store: ReadStore) => ReadStore;
  readonly changeServices?: (services: AppServices) => AppServices;
  readonly metrics?: Metrics;
  readonly paymentProvider?: PaymentProvider;
  readonly tracer?: Tracer;
  readonly clock?: Clock;
  /** Apps whose webhooks are taken; default those of the tests. */
  readonly providerApps?: readonly object[];
  readonly rateLimits?: RateLimits;
  readonly cache?: Cache;
  readonly passwords?: PasswordHash;
  readonly wrapVault?: (vault: Vault) => Vault;
  /** Ways by which messages leave the system. */
  readonly transports?: Pick<
    Ports,
    | 'providerClients'
    | 'oauth'
    | 'providerGuards'
    | 'email'
    | 'sms'
    | 'webhooks'
    | 'signedWebhooks'
    | 'auditEndpoint'
    | 'auditFiles'
  >;
  readonly alertContacts?: readonly AlertContact[];
  /** Folder of the embedded storage, which another world can open after this one; else memory. */
  readonly dataDir?: string;
  readonly keyRing?: KeyRing;
  /** Leaves the system unstarted. */
  readonly unstarted?: boolean;
}

export interface ApiWorld {
  readonly url: string;
  readonly api: Api;
  readonly app: App;
  readonly log: EventLog;
  /** Every log line so far, as text. */
  readonly lines: string[];
  /** Resolves when a line that holds the text has been logged, line number `from` or later. */
  untilLogged(text: string, from: number): Promise<void>;
  /** A request of store `a`'s manager unless said otherwise; a plain body becomes JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallOptions {
  /** null: no key at all. */
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The tests look into answers of every form.
  readonly body: Record<string, unknown>;
  readonly text: string;
}

let keys = 0;
export function newKey(): string {
  keys += 1;
  return `test-${keys}`;
}

/** The whole system behind real HTTP, with two shops `a` and `b`. */
export async function openWorld(options: WorldOptions = {}): Promise<ApiWorld> {
  const lines: string[] = [];
  let watchers: (() => void)[] = [];
  const write = (line: string) => {
    lines.push(line);
    for (const look of watchers) look();
  };
  const logger = redactingLogger(pino({ level: 'debug' }, { write }));
  const shops = [someStore('a'), someStore('b')];
  const { clock = systemClock } = options;
  const stored = openStorage(options.dataDir, clock);
  const { documents } = stored;
  const log = options.wrapLog?.(stored.log) ?? stored.log;
  const vault = options.wrapVault?.(stored.vault) ?? stored.vault;
  const given = options.features ?? [notesFeature];
  const features = given.includes(operations) ? given : [operations, ...given];
  const app = createApp({
    ports: {
      log,
      readStore: options.wrapReadStore?.(documents) ?? documents,
      snapshots: documents.snapshots,
      vault,
      keyRing: options.keyRing ?? createMemoryKeyRing(),
      cipher: systemCipher,
      ...(options.paymentProvider && { paymentProvider: options.paymentProvider }),
      paymentNotices: createPaymentNotices(NOTICE_SECRET, systemClock),
      webhookSources: openWebhookSources(JSON.stringify(options.providerApps ?? PROVIDER_APPS)),
      ...(options.rateLimits && { rateLimits: options.rateLimits }),
      ...(options.cache && { cache: options.cache }),
      clock,
      ids: systemIds,
      digest: systemDigest,
      renderer: createLiquidRenderer(),
      phones: systemPhoneNumbers,
      receipts: createPdfReceipts(),
      passwords: options.passwords ?? createPasswordHash(),
      tokens: systemTokens,
      calendar: createCalendar(() => shops),
      logger,
      ...(options.metrics && { metrics: options.metrics }),
      ...(options.tracer && { tracer: options.tracer }),
      ...options.transports,
    },
    features,
    shops: () => shops,
    auditEveryMs: 0,
    ...(options.alertContacts && { alertContacts: options.alertContacts }),
    publicUrl: 'https://shop.example.org',
    deliveryReportSecret: REPORT_SECRET,
    projectionLimits: { retryInitialMs: 1, retryMaxMs: 2 },
  });
  const routes = [...features.flatMap((feature) => feature.routes), ...(options.routes ?? [])];
  const services = options.changeServices?.(app.services) ?? app.services;
  const limits = options.limits ?? {};
  const { trustedProxies = [] } = options;
  const version = '0.0.0-test';
  const api = createApi({ services, routes, logger, version, limits, trustedProxies });
  const { url } = await api.listen({ port: 0, host: '127.0.0.1' });
  const caughtUp = async () => {
    const done = await app.services.projections.whenCaughtUp({ timeoutMs: 5_000 });
    if (!done) throw new Error(`expected the read models to catch up: ${lines.at(-1)}`);
  };
  if (!options.unstarted) {
    await app.start();
    await caughtUp();
  }

  return {
    url,
    api,
    app,
    log,
    lines,
    untilLogged: (text, from) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.slice(from).some((line) => line.includes(text))) return;
          watchers = watchers.filter((other) => other !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
    async call(method, path, { key = keyOf('a'), headers = {}, json, raw } = {}) {
      const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(key !== null && { authorization: `Bearer ${key}` }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      const parsed = isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : {};
      return { status: response.status, headers: response.headers, body: parsed, text };
    },
    caughtUp,
    async stop() {
      await api.close();
      await app.stop();
      await log.close();
      await documents.close();
      await stored.closeVault();
    },
  };
}

/** Embedded files, or memory. */
function openStorage(dataDir: string | undefined, clock: Clock) {
  const options = { clock, ids: systemIds };
  if (dataDir === undefined) {
    const log: EventLog = createMemoryEventLog(options);
    const documents = openSqliteReadStore(':memory:');
    return { log, documents, vault: createMemoryVault(clock), closeVault: async () => undefined };
  }
  const path = (name: string) => join(dataDir, name);
  const log: EventLog = openSqliteEventLog({ path: path('log.db'), ...options });
  const documents = openSqliteReadStore(path('documents.db'));
  const vault = openSqliteVault({ path: path('vault.db'), ...options });
  return { log, documents, vault, closeVault: () => vault.close() };
}

/** Writes a note as store `a` and insists that it was taken. */
export async function someNote(world: ApiWorld, text = 'hello', options: CallOptions = {}) {
  const answer = await world.call('POST', '/notes', {
    ...options,
    json: { text, amountMinor: 1 },
    headers: { 'idempotency-key': newKey(), ...options.headers },
  });
  if (answer.status !== 202) throw new Error(`expected 202, found ${answer.text}`);
  const position = answer.headers.get('tillstream-position') ?? '';
  return { noteId: String(answer.body['noteId']), position, answer };
}
