import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { conflictsIn, expected, valueOf } from './config-checks.ts';
import { SEVERITIES } from './domain/kernel/audit.ts';

/** One setting: its variable, its valid values, its default and the reason for the default. */
export interface ConfigKey {
  readonly env: string;
  readonly schema: TSchema;
  /** The unit of measurement, or the kind of value. */
  readonly unit: string;
  readonly default: string | number;
  readonly reason: string;
}

const HOUR_MS = 3_600_000;
const text = Type.String({ minLength: 1 });
const integer = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
/** Empty: not set. Errors do not quote the value, because it may contain a password. */
const url = (scheme: string) =>
  Type.String({ pattern: `^(${scheme}(s|\\+\\w+|\\+srv)?://.+)?$`, secret: true, scheme });
const key = <S extends TSchema>(
  env: string,
  schema: S,
  unit: string,
  defaultValue: string | number,
  reason: string,
) => ({ env, schema, unit, default: defaultValue, reason });

/** All settings. A test checks docs/reference/config.md against this table. */
export const CONFIG_KEYS = {
  port: key(
    'PORT',
    integer(0, 65_535),
    'TCP port',
    8080,
    'Allowed for ordinary users. 0 picks any free port.',
  ),
  host: key(
    'HOST',
    text,
    'address',
    '127.0.0.1',
    'A new installation is not reachable from other machines; a container sets 0.0.0.0.',
  ),
  dataDir: key(
    'DATA_DIR',
    text,
    'folder',
    './data',
    'In the working directory, easy to find and to back up.',
  ),
  storesFile: key(
    'STORES_FILE',
    text,
    'file',
    '<DATA_DIR>/stores.json',
    'Shops and the hashes of their keys; created with one shop when missing.',
  ),
  masterKeyFile: key(
    'MASTER_KEY_FILE',
    text,
    'file',
    '<DATA_DIR>/master-key.json',
    'Master keys of personal data; created when missing. No backup of Tillstream has it.',
  ),
  encryptionKeys: key(
    'ENCRYPTION_KEYS',
    Type.String({
      pattern: '^(\\{.*\\})?$',
      secret: true,
      form: 'JSON of key id to 64 hexadecimal digits',
    }),
    'JSON',
    '',
    'Master keys from a secret store instead of a file; several instances need the same. Never logged.',
  ),
  currentKeyId: key(
    'CURRENT_KEY_ID',
    Type.String({ pattern: '^[A-Za-z0-9_-]{0,64}$', form: 'the id of a key in ENCRYPTION_KEYS' }),
    'key id',
    '',
    'The key of ENCRYPTION_KEYS that encrypts; the others only decrypt.',
  ),
  eventStore: key(
    'EVENT_STORE',
    Type.Union([Type.Literal('sqlite'), Type.Literal('esdb')]),
    'sqlite or esdb',
    'sqlite',
    'Nothing to install; EventStoreDB is for several instances or machines.',
  ),
  esdbUrl: key(
    'ESDB_URL',
    url('esdb'),
    'connection string',
    '',
    'EventStoreDB nodes and credentials. Never logged.',
  ),
  eventNamespace: key(
    'EVENT_NAMESPACE',
    Type.String({
      pattern: '^[a-z][a-z0-9]{0,31}$',
      form: '1 to 32 of a-z and 0-9, a letter first',
    }),
    'name',
    'tillstream',
    'Begins the name of each stream in EventStoreDB, so that other applications can share it.',
  ),
  readStore: key(
    'READ_STORE',
    Type.Union([Type.Literal('sqlite'), Type.Literal('mongodb')]),
    'sqlite or mongodb',
    'sqlite',
    'Nothing to install; MongoDB is for several instances or machines.',
  ),
  mongoUrl: key(
    'MONGO_URL',
    url('mongodb'),
    'connection string',
    '',
    'MongoDB replica set, with the name of the database. Never logged.',
  ),
  redisUrl: key(
    'REDIS_URL',
    url('redis'),
    'connection string',
    '',
    'Shared limits and caches; without it each instance has its own. Never logged.',
  ),
  paymentProviderUrl: key(
    'PAYMENT_PROVIDER_URL',
    url('http'),
    'URL',
    '',
    'Where payments are charged; without it payments through a provider wait.',
  ),
  paymentProviderKey: key(
    'PAYMENT_PROVIDER_KEY',
    Type.String({ maxLength: 1_000, secret: true }),
    'secret',
    '',
    'Sent to the payment provider as a bearer token. Never logged.',
  ),
  paymentNoticeSecret: key(
    'PAYMENT_NOTICE_SECRET',
    Type.String({ maxLength: 1_000, secret: true }),
    'secret',
    '',
    'Signs the notices of the payment provider; without it none are taken. Never logged.',
  ),
  providerApps: key(
    'PROVIDER_APPS',
    Type.String({ pattern: '^(\\[.*\\])?$', secret: true, form: 'a JSON list on one line' }),
    'JSON',
    '',
    'Apps at Square, QuickBooks, Mercado Pago, Stripe and Mailchimp whose webhooks are taken; see [receive webhooks](../how-to/receive-webhooks.md). Never logged.',
  ),
  providerUrls: key(
    'PROVIDER_URLS',
    Type.String({ maxLength: 2_000 }),
    'text',
    '',
    'Other addresses of providers, for trials: `square=http://127.0.0.1:8093`, joined by commas. The address must be in `OUTGOING_ALLOWED`.',
  ),
  oauthApps: key(
    'OAUTH_APPS',
    Type.String({ pattern: '^(\\[.*\\])?$', secret: true, form: 'a JSON list on one line' }),
    'JSON',
    '',
    'Apps of this installation at Square, QuickBooks and Mercado Pago, by which accounts are connected; see [connect with a provider](../how-to/connect-with-a-provider.md). Needs `PUBLIC_URL`. Never logged.',
  ),
  providerBreakers: key(
    'PROVIDER_BREAKERS',
    Type.String({ maxLength: 2_000 }),
    'JSON',
    '',
    'Breakers of calls to providers that differ from their defaults, such as `{"square":{"failureThreshold":60}}`; see [connect with a provider](../how-to/connect-with-a-provider.md#when-a-provider-fails).',
  ),
  providerPrices: key(
    'PROVIDER_PRICES',
    Type.String({ maxLength: 2_000 }),
    'JSON',
    '',
    'What calls to providers cost in a month, such as `{"quickbooks":{"currency":"USD","baseMinor":0,"includedCalls":500000,"perThousandMinor":25}}`; see [see how the exchange goes](../how-to/see-how-the-exchange-goes.md).',
  ),
  role: key(
    'ROLE',
    Type.Union([Type.Literal('api'), Type.Literal('worker'), Type.Literal('all')]),
    'api, worker or all',
    'all',
    'Whether this instance serves requests, updates read models, or both.',
  ),
  leaseMs: key(
    'LEASE_MS',
    integer(1_000, 600_000),
    'ms',
    10_000,
    'How long work waits after its instance died; a live one renews three times in that time.',
  ),
  requestsPerMinute: key(
    'REQUESTS_PER_MINUTE',
    integer(0, 100_000_000),
    'requests',
    120_000,
    'Per shop, across all instances with Redis; more are rejected with 429. 0: no limit.',
  ),
  rateLimits: key(
    'RATE_LIMITS',
    Type.String({ maxLength: 10_000 }),
    'JSON',
    '',
    'Limiters that differ from their defaults, such as `{"login":{"maxRequests":10}}`; see [limit requests](../how-to/limit-requests.md).',
  ),
  trustedProxies: key(
    'TRUSTED_PROXIES',
    Type.String({
      pattern: '^[0-9A-Fa-f.:/, ]*$',
      form: 'addresses and networks, separated by commas',
    }),
    'addresses and networks',
    '',
    'Proxies whose `X-Forwarded-For` names the caller; without it, the address of the connection counts.',
  ),
  outgoingAllowed: key(
    'OUTGOING_ALLOWED',
    Type.String({
      pattern: '^[A-Za-z0-9.:/_, -]*$',
      form: 'host names, addresses and networks, separated by commas',
    }),
    'hosts and networks',
    '',
    'Destinations of outgoing calls that are not on the public Internet, or have no https; others are refused.',
  ),
  smtpUrl: key(
    'SMTP_URL',
    url('smtp'),
    'URL',
    '',
    'Mail server, such as smtp://user:password@mail.example.org:587; smtps:// for TLS. Empty: e-mails wait. Never logged.',
  ),
  mailFrom: key(
    'MAIL_FROM',
    Type.String({
      pattern: "^([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)?$",
      form: 'an e-mail address',
    }),
    'e-mail address',
    '',
    'Sender of all e-mails; needed with SMTP_URL. Answers and bounces of mail servers go there.',
  ),
  smsUrl: key(
    'SMS_URL',
    url('http'),
    'URL',
    '',
    'Provider of text messages, which gets each one with POST. Empty: text messages wait. Never logged.',
  ),
  smsToken: key(
    'SMS_TOKEN',
    Type.String({ pattern: '^[!-~]*$', secret: true }),
    'text',
    '',
    'Sent to SMS_URL as a bearer token. Never logged.',
  ),
  smsFrom: key(
    'SMS_FROM',
    Type.String({ pattern: '^[+A-Za-z0-9 ]{0,20}$', form: 'a number, or up to 20 letters' }),
    'sender',
    '',
    'The sender that phones show; empty: that of the provider.',
  ),
  deliveryReportSecret: key(
    'DELIVERY_REPORT_SECRET',
    Type.String({ pattern: '^([!-~]{16,200})?$', secret: true, form: '16 letters or more' }),
    'text',
    '',
    'Signs what providers report with `POST /delivery-reports`. Empty: no reports. Never logged.',
  ),
  alertContacts: key(
    'ALERT_CONTACTS',
    Type.String({ pattern: '^(\\[.*\\])?$', secret: true, form: 'a JSON list on one line' }),
    'JSON',
    '',
    'People and systems that are notified of alerts by e-mail or signed webhook; see [alerts](../operating/alerts.md). Never logged.',
  ),
  alertRules: key(
    'ALERT_RULES',
    Type.String({ pattern: '^(\\{.*\\})?$', form: 'a JSON object on one line' }),
    'JSON',
    '',
    'Thresholds and times that differ from the defaults, by rule or severity, such as `{"HIGH":{"escalateAfterMinutes":[5,30]}}`; see [alerts](../operating/alerts.md).',
  ),
  publicUrl: key(
    'PUBLIC_URL',
    Type.String({ pattern: '^(https?://[^/?#]+)?$', form: 'a URL without a path' }),
    'URL',
    '',
    'Address of this installation in links of messages, such as https://shop.example.org. Empty: messages have no opt-out link.',
  ),
  logLevel: key(
    'LOG_LEVEL',
    Type.Union(['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level))),
    'debug, info, warn, error or silent',
    'info',
    'Logs rejected and failed requests at info; successful ones at debug.',
  ),
  logFormat: key(
    'LOG_FORMAT',
    Type.Union(['auto', 'json', 'text'].map((format) => Type.Literal(format))),
    'auto, json or text',
    'auto',
    'How log lines are written: `json`, an object on each line, or `text`, for people. `auto`: text where standard error is a terminal, else JSON.',
  ),
  auditEveryMs: key(
    'AUDIT_EVERY_MS',
    integer(0, 24 * HOUR_MS),
    'ms',
    HOUR_MS,
    'Pause between two audits that compare all documents with the log and repair them; 0: none.',
  ),
  auditPercent: key(
    'AUDIT_PERCENT',
    integer(1, 100),
    '%',
    5,
    'Percentage of the time that such an audit works; its pauses leave room for requests.',
  ),
  externalAuditEndpoint: key(
    'EXTERNAL_AUDIT_ENDPOINT',
    url('http'),
    'URL',
    '',
    'Where audit records are posted as JSON lines. Empty: nowhere. Never logged.',
  ),
  externalAuditToken: key(
    'EXTERNAL_AUDIT_TOKEN',
    Type.String({ pattern: '^[!-~]*$', secret: true }),
    'text',
    '',
    'Sent to EXTERNAL_AUDIT_ENDPOINT as a bearer token. Never logged.',
  ),
  externalAuditSecret: key(
    'EXTERNAL_AUDIT_SECRET',
    Type.String({ maxLength: 1_000, secret: true }),
    'secret',
    '',
    'Signs what EXTERNAL_AUDIT_ENDPOINT gets (HMAC-SHA256). Never logged.',
  ),
  auditExportSeverity: key(
    'AUDIT_EXPORT_SEVERITY',
    Type.Union(SEVERITIES.map((severity) => Type.Literal(severity))),
    SEVERITIES.join(', '),
    'LOW',
    'Lowest severity of records that are posted or written; failures always are. INFO: every event.',
  ),
  auditDir: key(
    'AUDIT_DIR',
    Type.String({ maxLength: 4_096 }),
    'folder',
    '',
    'Audit records as `audit-YYYY-MM-DD.log`, a JSON line each. Empty: no files.',
  ),
  auditOriginMonths: key(
    'AUDIT_ORIGIN_MONTHS',
    integer(1, 120),
    'months',
    12,
    'Whole months for which events show the address and program of their callers; then the key is destroyed.',
  ),
  concurrentRequests: key(
    'MAX_CONCURRENT_REQUESTS',
    integer(1, 100_000),
    'requests',
    1_000,
    'Each may have a body of 1 MiB; more are rejected with 503 at once.',
  ),
  concurrentPerShop: key(
    'MAX_CONCURRENT_PER_STORE',
    integer(1, 100_000),
    'requests',
    500,
    'Half of all, so that one shop leaves room for the others; more are rejected with 429.',
  ),
  connections: key(
    'MAX_CONNECTIONS',
    integer(1, 100_000),
    'connections',
    10_000,
    'Well below the open-file limit of a common system.',
  ),
  deadlineMs: key(
    'DEADLINE_MS',
    integer(0, 600_000),
    'ms',
    30_000,
    'Longest time of a request, which then gets 503 or 504. Longer than a command may retry (8 s). 0: none.',
  ),
  positionWaitMs: key(
    'POSITION_WAIT_MS',
    integer(0, 30_000),
    'ms',
    2_000,
    'A query that waits for a position gets 425 after this; read models lag by milliseconds.',
  ),
  metricsPort: key(
    'METRICS_PORT',
    integer(0, 65_535),
    'TCP port',
    0,
    'A port of its own for a scraper, which needs no key there. 0: only `GET /metrics`, with a key.',
  ),
  metricsHost: key(
    'METRICS_HOST',
    text,
    'address',
    '127.0.0.1',
    'Address of METRICS_PORT; open it only to the network of the scraper.',
  ),
  headersTimeoutMs: key(
    'HEADERS_TIMEOUT_MS',
    integer(100, 120_000),
    'ms',
    10_000,
    'A client that sends its headers slowly keeps a connection no longer than this.',
  ),
  requestTimeoutMs: key(
    'REQUEST_TIMEOUT_MS',
    integer(100, 600_000),
    'ms',
    30_000,
    '1 MiB over a slow connection of 300 kbit/s.',
  ),
  keepAliveMs: key(
    'KEEP_ALIVE_MS',
    integer(0, 600_000),
    'ms',
    65_000,
    'Longer than the 60 s of common load balancers, so that they close first.',
  ),
  drainMs: key(
    'DRAIN_MS',
    integer(0, 600_000),
    'ms',
    10_000,
    'Longer than a command may retry (8 s), shorter than the 30 s after which orchestrators kill.',
  ),
} as const;

type Keys = typeof CONFIG_KEYS;
export type Config = { readonly [Name in keyof Keys]: Static<Keys[Name]['schema']> };

/**
 * The environment is not valid; the message names each key, what was expected and what was found.
 */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`the configuration is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the settings from the environment; unknown keys are ignored, empty ones count as absent.
 * @throws ConfigError with all problems at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { env: variable, schema, default: defaultValue }] of Object.entries(
    CONFIG_KEYS,
  )) {
    const given = env[variable]?.trim();
    const value = given === undefined || given === '' ? defaultValue : valueOf(schema, given);
    config[name] = value;
    if (Value.Check(schema, value)) continue;
    const found = schema['secret'] === true ? 'something else' : JSON.stringify(given);
    problems.push(`${variable}: expected ${expected(schema)}, found ${found}`);
  }
  if (problems.length === 0) problems.push(...conflictsIn(config as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  const { dataDir, storesFile, masterKeyFile } = config as Config;
  return Object.freeze({
    ...(config as Config),
    storesFile: storesFile.replace('<DATA_DIR>', dataDir),
    masterKeyFile: masterKeyFile.replace('<DATA_DIR>', dataDir),
  });
}

/**
 * The environment, for the two entries of the program: server and command line. All other code gets
 * a `Config`.
 */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
