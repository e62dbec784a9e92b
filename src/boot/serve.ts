import { createHttpProvider } from '../adapters/payments/http-provider.ts';
import { createPaymentNotices } from '../adapters/payments/notice-signature.ts';
import { lockDataFolder } from '../adapters/sqlite/data-folder-lock.ts';
import { createCalendar } from '../adapters/system/calendar.ts';
import { systemCipher } from '../adapters/system/cipher.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemDigest } from '../adapters/system/digest.ts';
import { systemIds } from '../adapters/system/ids.ts';
import { systemTokens } from '../adapters/system/jwt.ts';
import { createLogger } from '../adapters/system/logger.ts';
import { createPasswordHash } from '../adapters/system/password-hash.ts';
import { createFirstShop, readShopsFile } from '../adapters/system/shops-file.ts';
import { watchShopsFile } from '../adapters/system/shops-watch.ts';
import type { Route } from '../api/route.ts';
import { createApi } from '../api/server.ts';
import { createApp } from '../app/app.ts';
import type { Ports } from '../app/options.ts';
import type { Config } from '../config.ts';
import type { Shop, ShopSource } from '../domain/kernel/shop.ts';
import { features } from '../features/index.ts';
import { operations } from '../features/operations.ts';
import { type Closers, createClosers } from '../lib/closers.ts';
import { type LimiterOverrides, parseLimiters } from '../ports/rate-limit-definitions.ts';
import type { EmbeddedThreads } from './embedded/threads.ts';
import { firstAdminLinks } from './first-admin.ts';
import { memoryLimits } from './memory-limits.ts';
import { openAlerting } from './open-alerting.ts';
import { openInstruments } from './open-instruments.ts';
import { openKeyRing } from './open-key-ring.ts';
import { openOAuthApps } from './open-oauth-apps.ts';
import { openProviderClients } from './open-provider-clients.ts';
import { openProviderGuards } from './open-provider-guards.ts';
import { openProviderPrices } from './open-provider-prices.ts';
import { openStorage } from './open-storage.ts';
import { openTransports, type Transports } from './open-transports.ts';
import { openWebhookSources } from './open-webhook-sources.ts';
import { prepareDataFolder } from './prepare-data-folder.ts';

type OutgoingPort =
  | 'httpClient'
  | 'providerClients'
  | 'providerGuards'
  | 'oauth'
  | 'paymentProvider'
  | 'paymentNotices'
  | keyof Transports['ports'];

/** The ports that call other systems; the provider of payments only where one is configured. */
function outgoingPorts(
  config: Config,
  { httpClient, ports }: Transports,
  { cache, metrics }: Pick<Ports, 'cache' | 'metrics'>,
): Pick<Ports, OutgoingPort> {
  const { paymentProviderUrl, paymentProviderKey: apiKey, paymentNoticeSecret: secret } = config;
  const notices =
    secret === '' ? {} : { paymentNotices: createPaymentNotices(secret, systemClock) };
  const providerClients = openProviderClients(httpClient, config.providerUrls, metrics);
  const oauth = openOAuthApps(httpClient, config, systemClock);
  const providerGuards = openProviderGuards(config.providerBreakers, systemClock, cache);
  const all = { ...ports, ...notices, httpClient, providerClients, providerGuards, oauth };
  if (paymentProviderUrl === '') return all;
  const baseUrl = paymentProviderUrl.replace(/\/+$/, '');
  const paymentProvider = createHttpProvider({ http: httpClient, baseUrl, apiKey });
  return { ...all, paymentProvider };
}

export interface ServeOptions {
  readonly config: Config;
  /** The product's version. */
  readonly version: string;
  /** Set when the event log is embedded. */
  readonly threads: EmbeddedThreads | undefined;
}

/**
 * `REQUESTS_PER_MINUTE` is the older name of one of the limiters.
 * @throws Error that says what was expected.
 */
function limitersOf({ rateLimits, requestsPerMinute }: Config): LimiterOverrides {
  try {
    return { requests: { maxRequests: requestsPerMinute }, ...parseLimiters(rateLimits) };
  } catch (cause) {
    throw new Error(`RATE_LIMITS: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

function settingsOf(config: Config) {
  const { auditEveryMs, auditPercent, auditExportSeverity, publicUrl } = config;
  const { auditOriginMonths: originMonths, deliveryReportSecret } = config;
  const audit = { auditEveryMs, auditPercent, auditExportSeverity, originMonths };
  const providerPrices = openProviderPrices(config.providerPrices);
  return { ...audit, publicUrl, deliveryReportSecret, providerPrices, ...openAlerting(config) };
}

interface Running {
  stop(): Promise<void>;
}

function signInPorts() {
  return { digest: systemDigest, passwords: createPasswordHash(), tokens: systemTokens };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const shopsLine = (shops: readonly Shop[]) =>
  `shops: ${shops.map(({ id, name }) => `${id} (${name})`).join(', ')}`;

function watchShops(
  path: string,
  initial: readonly Shop[],
  logger: ReturnType<typeof createLogger>,
  closers: Closers,
): ShopSource {
  const watched = watchShopsFile({ path, initial, clock: systemClock, logger });
  closers.add(() => watched.stop());
  return watched.shops;
}

async function start(
  { config, version, threads }: ServeOptions,
  logger: ReturnType<typeof createLogger>,
): Promise<Running> {
  const { dataDir, port, host, storesFile: path } = config;
  const closers = createClosers();
  try {
    const now = () => new Date(systemClock.now()).toISOString();
    const lock = lockDataFolder(dataDir, now);
    closers.add(() => lock.release());
    const embedded = config.eventStore === 'sqlite' || config.readStore === 'sqlite';
    const notices = prepareDataFolder(config, logger, now);
    const configured = await readShopsFile(config.storesFile);
    const first = configured ? undefined : await createFirstShop(dataDir, config.storesFile);
    const initial = configured ?? first?.shops ?? [];
    const shops = watchShops(path, initial, logger, closers);
    // Without embedded storage several instances may share the folder of the shops file.
    if (!embedded) lock.release();
    const keyRing = await openKeyRing(config);
    const storage = await openStorage({ config, logger, threads, keyRing });
    closers.add(() => storage.close());
    const instruments = await openInstruments(config, closers);
    const settings = settingsOf(config);
    const transports = await openTransports(config, settings.alertContacts, closers);
    const memory = memoryLimits();
    const app = createApp({
      ports: {
        ...storage.ports,
        keyRing,
        cipher: systemCipher,
        clock: systemClock,
        ids: systemIds,
        ...signInPorts(),
        calendar: createCalendar(shops),
        logger,
        ...instruments,
        ...outgoingPorts(config, transports, { ...storage.ports, ...instruments }),
        webhookSources: openWebhookSources(config.providerApps),
      },
      features,
      shops,
      limiters: limitersOf(config),
      ...settings,
      ...memory.app,
      ...storage.app,
    });
    closers.add(() => app.stop());
    const api = createApi({
      services: app.services,
      routes: routesFor(config),
      logger,
      version,
      limits: { ...config, ...memory.api },
      trustedProxies: config.trustedProxies.split(','),
    });
    closers.add(() => api.close());
    await app.start();
    const address = await api.listen({ port, host });
    if (embedded) lock.announce(address.url);
    const links = await firstAdminLinks(config.role, app.services.identity, initial, address.url);
    print(`Tillstream ${version} listens at ${address.url} (try ${address.url}/docs)`);
    const banner = [...storage.banner, ...transports.banner];
    const lines = [...banner, ...notices, shopsLine(initial), ...links];
    for (const line of lines) print(`  ${line}`);
    if (first) print(`  a first shop was made; its API keys are in ${first.keyFile}`);
    return { stop: () => closers.closeAll() };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

/** A worker takes no requests of shops; operators reach it over HTTP. */
function routesFor({ role }: Config): readonly Route[] {
  return (role === 'worker' ? [operations] : features).flatMap((feature) => feature.routes);
}

/**
 * Serves until SIGTERM or SIGINT.
 * @throws Error when it cannot start; the message is for the operator.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { config, threads } = options;
  const logger = createLogger(config);
  const fail = (reason: unknown) => {
    const error = reason instanceof Error ? reason.stack : String(reason);
    logger.error({ error }, 'uncaught exception');
    logger.flush();
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  void threads?.failed.then(fail);

  const running = await start(options, logger);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // The second signal stops at once: acknowledged events are on the disk already.
    if (stopping) process.exit(1);
    stopping = true;
    print(`${signal}: finishing running work, then stopping`);
    running.stop().then(() => {
      logger.flush();
      process.exit(0);
    }, fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
