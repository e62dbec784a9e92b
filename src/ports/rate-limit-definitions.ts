import { InvariantError } from '../domain/kernel/errors.ts';
import {
  MAX_RATE_WINDOW_MS,
  RATE_ALGORITHMS,
  type RateAlgorithm,
  type RateLimitPolicy,
} from './rate-limit.ts';

/** What a limiter counts: the requests of a shop, of a user or key, or of a network address. */
export type LimitedBy = 'shop' | 'caller' | 'address' | 'connection';

/** A limiter as data. `maxRequests` 0: no limit. */
export interface LimiterSettings {
  readonly algorithm: RateAlgorithm;
  readonly maxRequests: number;
  readonly windowSizeMs: number;
  /** Of a token bucket: requests at once. */
  readonly burstCapacity?: number;
  /** Of a token bucket: tokens that come back per second. */
  readonly refillRate?: number;
}

interface LimiterDefinition extends LimiterSettings {
  readonly by: LimitedBy;
  /** What it limits, for the reference page. */
  readonly meaning: string;
}

const MINUTE_MS = 60_000;

const limiter = (
  by: LimitedBy,
  algorithm: RateAlgorithm,
  maxRequests: number,
  meaning: string,
  bucket: Pick<LimiterSettings, 'burstCapacity' | 'refillRate'> = {},
): LimiterDefinition => ({
  by,
  algorithm,
  maxRequests,
  windowSizeMs: MINUTE_MS,
  ...bucket,
  meaning,
});

/** All limiters with their defaults; `RATE_LIMITS` changes them by name. */
export const LIMITERS = {
  requests: limiter(
    'shop',
    'fixed_window',
    120_000,
    'All requests of a shop; `REQUESTS_PER_MINUTE` sets it as well.',
  ),
  caller: limiter('caller', 'token_bucket', 0, 'All requests of one user or key.'),
  address: limiter('address', 'sliding_window', 0, 'All requests from one network address.'),
  unauthenticated: limiter(
    'address',
    'sliding_window',
    100,
    'Requests from one network address without a valid key or token.',
  ),
  login: limiter('address', 'sliding_window', 30, 'Logins and the like from one network address.'),
  refresh: limiter(
    'address',
    'sliding_window',
    300,
    'Exchanges of refresh tokens from one network address: all users of a shop can have the same.',
  ),
  pin: limiter(
    'address',
    'sliding_window',
    120,
    'PINs from one network address: all devices of a branch can have the same.',
  ),
  public_calls: limiter(
    'address',
    'sliding_window',
    30,
    'Calls of guests, who have no key, from one network address.',
  ),
  webhooks: limiter('address', 'sliding_window', 100, 'Webhooks from one network address.'),
  tenant_operations: limiter(
    'shop',
    'sliding_window',
    100,
    'Operations of a shop on its integrations.',
  ),
  square_orders: limiter('connection', 'token_bucket', 1_000, 'Calls to the orders of Square.', {
    burstCapacity: 100,
    refillRate: 16.67,
  }),
  square_catalog: limiter('connection', 'token_bucket', 500, 'Calls to the catalogue of Square.', {
    burstCapacity: 50,
    refillRate: 8.33,
  }),
  quickbooks_api: limiter('connection', 'sliding_window', 500, 'Calls to QuickBooks.'),
} as const satisfies Record<string, LimiterDefinition>;

export type LimiterName = keyof typeof LIMITERS;

/** Limiters that differ from their defaults, by name. */
export type LimiterOverrides = Partial<Record<LimiterName, Partial<LimiterSettings>>>;

export function isLimiterName(name: string): name is LimiterName {
  return Object.hasOwn(LIMITERS, name);
}

/** The policy of a limiter; undefined when it has no limit. */
export function limiterPolicy(
  name: LimiterName,
  overrides: LimiterOverrides,
): RateLimitPolicy | undefined {
  const settings: LimiterSettings = { ...LIMITERS[name], ...overrides[name] };
  const {
    algorithm,
    maxRequests: points,
    windowSizeMs: perMs,
    burstCapacity,
    refillRate,
  } = settings;
  if (points === 0) return undefined;
  return {
    name,
    algorithm,
    points,
    perMs,
    ...(burstCapacity !== undefined && { burst: burstCapacity }),
    ...(refillRate !== undefined && { refillPerS: refillRate }),
  };
}

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  algorithm: (value) => RATE_ALGORITHMS.includes(value as RateAlgorithm),
  maxRequests: (value) => isWhole(value, 0),
  windowSizeMs: (value) =>
    isWhole(value, 1_000) && value % 1_000 === 0 && value <= MAX_RATE_WINDOW_MS,
  burstCapacity: (value) => isWhole(value, 1),
  refillRate: (value) => typeof value === 'number' && value > 0,
};

/**
 * Reads settings of limiters from JSON, such as `{"login":{"maxRequests":10}}`.
 * @throws InvariantError that names what was expected, also for an unknown limiter or field.
 */
export function parseLimiters(text: string): LimiterOverrides {
  const parsed = text === '' ? {} : objectIn(text);
  for (const [name, settings] of Object.entries(parsed)) {
    if (!isLimiterName(name)) {
      throw new InvariantError(`one of ${Object.keys(LIMITERS).join(', ')}`, { found: name });
    }
    for (const [field, value] of Object.entries(settings as object)) {
      if (FIELDS[field]?.(value) === true) continue;
      throw new InvariantError(`a valid ${Object.keys(FIELDS).join(', ')}`, { name, field });
    }
  }
  return parsed;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = (part: unknown) => typeof part === 'object' && part !== null;
    if (isObject(value) && Object.values(value).every(isObject)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Reported below.
  }
  throw new InvariantError('a JSON object of limiters by name', {});
}

function isWhole(value: unknown, minimum: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum;
}
