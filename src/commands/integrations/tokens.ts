import type { Clock } from '../../ports/clock.ts';
import type { ProviderFailure, ProviderName, ProviderResult } from '../../ports/provider-client.ts';
import type { GrantedTokens, ProviderOAuth, ProviderOAuths } from '../../ports/provider-oauth.ts';

/** A token that ends sooner is refreshed before it is used. */
export const REFRESH_BEFORE_MS = 300_000;
/** While another instance refreshes, this one looks again after so long, and for so long. */
const LOOK_AGAIN_MS = 200;
const MAX_WAIT_MS = 30_000;

/** What is kept of a connection, in the vault alone. Without a refresh token it never changes. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresAtMs?: number;
  readonly grantedAtMs?: number;
}

/** Whose tokens: the connection of a shop. */
export interface TokenOwner {
  readonly storeId: string;
  readonly provider: ProviderName;
  readonly environment: 'production' | 'sandbox';
  readonly credentialsId: string;
}

export interface TokenParts {
  readonly credentials: {
    get(storeId: string, id: string): Promise<string | undefined>;
    put(storeId: string, id: string, text: string): Promise<void>;
    remove(storeId: string, id: string): Promise<void>;
  };
  readonly oauth: ProviderOAuths;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /**
   * Does the work unless another instance does work of that name. `undefined`: one does.
   */
  readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>;
  /** Whether the connection still uses these credentials. */
  readonly isUsed: (owner: TokenOwner) => Promise<boolean>;
  /** The provider has ended the grant. */
  readonly onRefused: (owner: TokenOwner, code: string) => Promise<void>;
}

/** Tokens that are valid when they are used. */
export interface TokenKeeper {
  /** The token of now; refreshed before, when it ends soon. */
  current(owner: TokenOwner): Promise<ProviderResult<StoredTokens>>;
  /** Another token than the one that the provider has just refused. */
  renewed(owner: TokenOwner, refused: string): Promise<ProviderResult<StoredTokens>>;
  /** When these tokens are to be refreshed, in ms; undefined: never. */
  refreshAtMs(owner: TokenOwner, tokens: StoredTokens): number | undefined;
}

const MISSING: ProviderFailure = { kind: 'retry', code: 'credentials_missing' };
const BUSY: ProviderFailure = { kind: 'retry', code: 'refresh_in_progress' };

type IsEnough = (tokens: StoredTokens) => boolean;

/** The tokens in the vault. Those that it does not take are kept until it does. */
function createTokenStore({ credentials, clock, isUsed }: TokenParts) {
  /** The tokens that they replace are dead at the provider. */
  const unsaved = new Map<string, { readonly tokens: StoredTokens; readonly replaces: string }>();

  async function read({ storeId, credentialsId }: TokenOwner): Promise<StoredTokens | undefined> {
    const text = await credentials.get(storeId, credentialsId);
    const stored = text === undefined ? undefined : (JSON.parse(text) as StoredTokens);
    const waiting = unsaved.get(credentialsId);
    if (!waiting) return stored;
    // They were stored after all, and another instance may have gone on from there.
    const isOver = stored?.accessToken !== waiting.replaces;
    if (!isOver) await credentials.put(storeId, credentialsId, JSON.stringify(waiting.tokens));
    unsaved.delete(credentialsId);
    return isOver ? stored : waiting.tokens;
  }

  return {
    read,
    /** Stored before they are used. A connection that ended meanwhile keeps nothing. */
    store: async (
      owner: TokenOwner,
      { accessToken, refreshToken, expiresInMs }: GrantedTokens,
      before: StoredTokens,
    ): Promise<ProviderResult<StoredTokens>> => {
      const nowMs = clock.now();
      const next = refreshToken ?? before.refreshToken;
      const tokens: StoredTokens = {
        ...{ accessToken, ...(next !== undefined && { refreshToken: next }) },
        ...{ expiresAtMs: nowMs + expiresInMs, grantedAtMs: nowMs },
      };
      unsaved.set(owner.credentialsId, { tokens, replaces: before.accessToken });
      await read(owner);
      if (await isUsed(owner)) return { kind: 'ok', value: tokens };
      await credentials.remove(owner.storeId, owner.credentialsId);
      return MISSING;
    },
  };
}

type TokenStore = ReturnType<typeof createTokenStore>;

/** Refreshes by one instance alone: what another one has stored meanwhile counts first. */
function createRefresh(parts: TokenParts, { read, store }: TokenStore) {
  const { oauth, clock, alone } = parts;

  async function refresh(
    owner: TokenOwner,
    isEnough: IsEnough,
  ): Promise<ProviderResult<StoredTokens>> {
    const app = oauth.at(owner.provider, owner.environment);
    const stored = await read(owner);
    if (!stored) return MISSING;
    if (isEnough(stored) || !app || stored.refreshToken === undefined) {
      return { kind: 'ok', value: stored };
    }
    const granted = await app.refresh(stored.refreshToken);
    if (granted.kind === 'ok') return store(owner, granted.value, stored);
    if (granted.kind !== 'auth') return granted;
    const again = await read(owner);
    if (again && again.refreshToken !== stored.refreshToken) return { kind: 'ok', value: again };
    await parts.onRefused(owner, granted.code);
    return { ...granted, isRevoked: true };
  }

  return async function once(
    owner: TokenOwner,
    isEnough: IsEnough,
  ): Promise<ProviderResult<StoredTokens>> {
    const untilMs = clock.now() + MAX_WAIT_MS;
    while (clock.now() < untilMs) {
      const name = `token-${owner.storeId}-${owner.provider}`;
      const done = await alone(name, () => refresh(owner, isEnough));
      if (done) return done;
      await clock.sleep(LOOK_AGAIN_MS);
      const stored = await read(owner);
      if (!stored) return MISSING;
      if (isEnough(stored)) return { kind: 'ok', value: stored };
    }
    return BUSY;
  };
}

function refreshTimeOf(
  app: ProviderOAuth | undefined,
  { refreshToken, expiresAtMs, grantedAtMs = 0 }: StoredTokens,
): number | undefined {
  if (refreshToken === undefined || expiresAtMs === undefined) return undefined;
  const { maxAgeMs = Number.POSITIVE_INFINITY } = app ?? {};
  return Math.min(expiresAtMs - REFRESH_BEFORE_MS, grantedAtMs + maxAgeMs);
}

export function createTokenKeeper(parts: TokenParts): TokenKeeper {
  const { oauth, clock } = parts;
  const tokenStore = createTokenStore(parts);
  const once = createRefresh(parts, tokenStore);
  const flights = new Map<string, Promise<ProviderResult<StoredTokens>>>();

  function isFresh(app: ProviderOAuth | undefined, tokens: StoredTokens): boolean {
    const atMs = refreshTimeOf(app, tokens);
    return atMs === undefined || clock.now() < atMs;
  }

  /** Callers of this instance wait for the same refresh. */
  function joined(owner: TokenOwner, isEnough: IsEnough) {
    const { credentialsId } = owner;
    const flight = flights.get(credentialsId) ?? once(owner, isEnough);
    flights.set(credentialsId, flight);
    const end = () => {
      if (flights.get(credentialsId) === flight) flights.delete(credentialsId);
    };
    flight.then(end, end);
    return flight;
  }

  return {
    refreshAtMs: (owner, tokens) =>
      refreshTimeOf(oauth.at(owner.provider, owner.environment), tokens),
    async current(owner) {
      const app = oauth.at(owner.provider, owner.environment);
      const stored = await tokenStore.read(owner);
      if (!stored) return MISSING;
      if (isFresh(app, stored)) return { kind: 'ok', value: stored };
      const refreshed = await joined(owner, (tokens) => isFresh(app, tokens));
      const isValid = (stored.expiresAtMs ?? 0) > clock.now();
      // A provider that cannot refresh now does not end the token that there is.
      return refreshed.kind === 'retry' && isValid ? { kind: 'ok', value: stored } : refreshed;
    },
    async renewed(owner, refused) {
      const isOther = ({ accessToken }: StoredTokens) => accessToken !== refused;
      let result = await joined(owner, isOther);
      // It may have joined a refresh that did not know that the token is refused.
      if (result.kind === 'ok' && !isOther(result.value)) result = await joined(owner, isOther);
      if (result.kind !== 'ok' || isOther(result.value)) return result;
      return { kind: 'auth', code: 'refused' };
    },
  };
}
