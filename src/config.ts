import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** One setting: where it comes from, what it may be, and why its default is what it is. */
export interface ConfigKey {
  readonly env: string;
  readonly schema: TSchema;
  /** What it is measured in, or what it names. */
  readonly unit: string;
  readonly default: string | number;
  readonly reason: string;
}

const HOUR_MS = 3_600_000;
const text = Type.String({ minLength: 1 });
const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
/** Empty: not set. What is wrong with one is told without quoting it: it may hold a password. */
const url = (scheme: string) =>
  Type.String({ pattern: `^(${scheme}(s|\\+\\w+|\\+srv)?://.+)?$`, secret: true, scheme });
const key = <S extends TSchema>(
  env: string,
  schema: S,
  unit: string,
  standard: string | number,
  reason: string,
) => ({ env, schema, unit, default: standard, reason });

/** Every setting there is. docs/reference/config.md is held against this table by a test. */
export const CONFIG_KEYS = {
  port: key(
    'PORT',
    whole(0, 65_535),
    'TCP port',
    8080,
    'Free for ordinary users. 0 takes any free port.',
  ),
  host: key(
    'HOST',
    text,
    'address',
    '127.0.0.1',
    'Nobody else reaches a fresh installation until you say so; a container sets 0.0.0.0.',
  ),
  dataDir: key(
    'DATA_DIR',
    text,
    'folder',
    './data',
    'Beside where it was started, easy to find and to back up.',
  ),
  storesFile: key(
    'STORES_FILE',
    text,
    'file',
    '<DATA_DIR>/stores.json',
    'Shops and the hashes of their keys; made with one shop when it is missing.',
  ),
  eventStore: key(
    'EVENT_STORE',
    Type.Union([Type.Literal('sqlite'), Type.Literal('esdb')]),
    'sqlite or esdb',
    'sqlite',
    'Nothing to install; EventStoreDB is for several processes or machines.',
  ),
  esdbUrl: key(
    'ESDB_URL',
    url('esdb'),
    'connection string',
    '',
    'Of EventStoreDB, with its nodes and credentials. Never logged.',
  ),
  readStore: key(
    'READ_STORE',
    Type.Union([Type.Literal('sqlite'), Type.Literal('mongodb')]),
    'sqlite or mongodb',
    'sqlite',
    'Nothing to install; MongoDB is for several processes or machines.',
  ),
  mongoUrl: key(
    'MONGO_URL',
    url('mongodb'),
    'connection string',
    '',
    'Of a MongoDB replica set, with the name of the database. Never logged.',
  ),
  redisUrl: key(
    'REDIS_URL',
    url('redis'),
    'connection string',
    '',
    'Shared limits and caches; without it each process has its own. Never logged.',
  ),
  role: key(
    'ROLE',
    Type.Union([Type.Literal('api'), Type.Literal('worker'), Type.Literal('all')]),
    'api, worker or all',
    'all',
    'Whether this process answers requests, keeps read models, or both.',
  ),
  leaseMs: key(
    'LEASE_MS',
    whole(1_000, 600_000),
    'ms',
    10_000,
    'How long the work of a process that died waits for another; renewed three times meanwhile.',
  ),
  requestsPerMinute: key(
    'REQUESTS_PER_MINUTE',
    whole(0, 100_000_000),
    'requests',
    120_000,
    'Of one shop, over all processes when there is Redis; more is answered 429. 0: no limit.',
  ),
  logLevel: key(
    'LOG_LEVEL',
    Type.Union(['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level))),
    'debug, info, warn, error or silent',
    'info',
    'Refused and failed requests are told, what went well only at debug.',
  ),
  auditEveryMs: key(
    'AUDIT_EVERY_MS',
    whole(0, 24 * HOUR_MS),
    'ms',
    HOUR_MS,
    'Pause between two audits that compare all documents with the log and mend them; 0: none.',
  ),
  auditPercent: key(
    'AUDIT_PERCENT',
    whole(1, 100),
    '%',
    5,
    'Of the time, that such an audit works; it rests in between, so that nobody waits for it.',
  ),
  concurrentRequests: key(
    'MAX_CONCURRENT_REQUESTS',
    whole(1, 100_000),
    'requests',
    1_000,
    'Each may hold 1 MiB of body; more than this is answered 503 at once.',
  ),
  concurrentPerShop: key(
    'MAX_CONCURRENT_PER_STORE',
    whole(1, 100_000),
    'requests',
    500,
    'Half of all, so that one shop leaves room for the others; more is answered 429.',
  ),
  connections: key(
    'MAX_CONNECTIONS',
    whole(1, 100_000),
    'connections',
    10_000,
    'Well under the open files of a common system.',
  ),
  positionWaitMs: key(
    'POSITION_WAIT_MS',
    whole(0, 30_000),
    'ms',
    2_000,
    'A query that waits for a position gets 425 after this; read models follow in milliseconds.',
  ),
  headersTimeoutMs: key(
    'HEADERS_TIMEOUT_MS',
    whole(100, 120_000),
    'ms',
    10_000,
    'A caller that drips its header holds a connection no longer than this.',
  ),
  requestTimeoutMs: key(
    'REQUEST_TIMEOUT_MS',
    whole(100, 600_000),
    'ms',
    30_000,
    '1 MiB over a slow line of 300 kbit/s.',
  ),
  keepAliveMs: key(
    'KEEP_ALIVE_MS',
    whole(0, 600_000),
    'ms',
    65_000,
    'Longer than the 60 s of common load balancers, so that they close first.',
  ),
  drainMs: key(
    'DRAIN_MS',
    whole(0, 600_000),
    'ms',
    10_000,
    'Longer than a command may try (8 s), shorter than the 30 s after which orchestrators kill.',
  ),
} as const;

type Keys = typeof CONFIG_KEYS;
export type Config = { readonly [Name in keyof Keys]: Static<Keys[Name]['schema']> };

/**
 * The environment is not as it must be; the message names each key, what was expected and found.
 */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`the configuration cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the settings out of the environment; unknown keys are none of its business, empty ones
 * count as absent.
 * @throws ConfigError naming everything that is wrong at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { env: variable, schema, default: standard }] of Object.entries(CONFIG_KEYS)) {
    const given = env[variable]?.trim();
    const value = given === undefined || given === '' ? standard : valueOf(schema, given);
    config[name] = value;
    if (Value.Check(schema, value)) continue;
    const found = schema['secret'] === true ? 'something else' : JSON.stringify(given);
    problems.push(`${variable}: expected ${expected(schema)}, found ${found}`);
  }
  if (problems.length === 0) problems.push(...wrongTogether(config as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  const { dataDir, storesFile } = config as Config;
  return Object.freeze({
    ...(config as Config),
    storesFile: storesFile.replace('<DATA_DIR>', dataDir),
  });
}

/**
 * The environment of this program, for its entries: the server and the command line. Everything
 * else gets a `Config`.
 */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Settings that are right one by one and make no sense beside one another. */
function wrongTogether({ eventStore, readStore, esdbUrl, mongoUrl, role }: Config): string[] {
  const problems: string[] = [];
  if (eventStore === 'esdb' && esdbUrl === '') {
    problems.push('EVENT_STORE=esdb needs ESDB_URL');
  }
  if (eventStore === 'sqlite' && esdbUrl !== '') {
    problems.push('ESDB_URL is set, but EVENT_STORE is sqlite: say EVENT_STORE=esdb to use it');
  }
  if (readStore === 'mongodb' && mongoUrl === '') {
    problems.push('READ_STORE=mongodb needs MONGO_URL');
  }
  if (readStore === 'sqlite' && mongoUrl !== '') {
    problems.push('MONGO_URL is set, but READ_STORE is sqlite: say READ_STORE=mongodb to use it');
  }
  if (eventStore === 'sqlite' && readStore === 'mongodb') {
    problems.push(
      'READ_STORE=mongodb needs EVENT_STORE=esdb: an embedded log has one process, whose read models belong beside it',
    );
  }
  if (role !== 'all' && (eventStore !== 'esdb' || readStore !== 'mongodb')) {
    problems.push(
      `ROLE=${role} needs EVENT_STORE=esdb and READ_STORE=mongodb: embedded stores have one process, which does all`,
    );
  }
  return problems;
}

function valueOf(schema: TSchema, given: string): string | number {
  return schema['type'] === 'integer' && /^\d{1,9}$/.test(given) ? Number(given) : given;
}

function expected(schema: TSchema): string {
  const { type, minimum, maximum, anyOf } = schema as {
    type?: string;
    minimum?: number;
    maximum?: number;
    anyOf?: { const: string }[];
  };
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (schema['scheme'] !== undefined) return `a URL of ${String(schema['scheme'])}://`;
  if (anyOf) return `one of ${anyOf.map((option) => option.const).join(', ')}`;
  return 'a text';
}
