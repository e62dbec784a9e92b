import type { IntegrationProvider } from '../../domain/integrations/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ProviderResult } from '../../ports/provider-client.ts';
import type { GrantedTokens, ProviderOAuth, ProviderOAuths } from '../../ports/provider-oauth.ts';
import type { StoredTokens } from './tokens.ts';

/** How long a person may take to agree at the provider. */
export const AUTHORIZATION_MS = 600_000;
const ID_LENGTH = 32;

export interface AuthorizationParts {
  /** Of which each is taken once, by any instance. */
  readonly secrets: {
    keep(storeId: string, id: string, text: string, ttlMs: number): Promise<void>;
    take(storeId: string, id: string): Promise<string | undefined>;
  };
  readonly oauth: ProviderOAuths;
  readonly digest: Digest;
  readonly ids: Ids;
  readonly clock: Pick<Clock, 'now'>;
}

/** What the redirect is compared with, and what only this installation knows. */
interface Begun {
  readonly provider: IntegrationProvider;
  readonly environment: 'production' | 'sandbox';
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export type Authorized = Pick<Begun, 'provider' | 'environment'> & {
  readonly account: string | undefined;
  readonly tokens: StoredTokens;
};

/**
 * Begins the authorization of an app. The state names the shop, and serves once.
 * @throws DomainError oauth_not_configured.
 */
export async function beginAuthorization(
  { secrets, oauth, digest, ids }: AuthorizationParts,
  storeId: string,
  asked: Pick<Begun, 'provider' | 'environment' | 'redirectUri'>,
): Promise<{ readonly url: string; readonly expiresInMs: number }> {
  const app = appAt(oauth, asked.provider, asked.environment);
  const random = () => `${ids.uuid()}${ids.uuid()}`.replaceAll('-', '');
  const [state, verifier] = [`${storeId}.${random()}`, random()];
  await secrets.keep(
    ...([storeId, idOf(digest, state)] as const),
    JSON.stringify({ ...asked, state, verifier } satisfies Begun),
    AUTHORIZATION_MS,
  );
  const { redirectUri } = asked;
  const challenge = app.offersPkce ? { challenge: base64url(digest.sha256(verifier)) } : {};
  const url = app.authorizeUrl({ state, redirectUri, ...challenge });
  return { url, expiresInMs: AUTHORIZATION_MS };
}

/**
 * Takes the redirect of a provider: any instance can, once, whatever becomes of the exchange.
 * @throws DomainError authorization_not_valid: the state is unknown, used, late or of another.
 */
export async function finishAuthorization(
  { secrets, oauth, digest, clock }: AuthorizationParts,
  provider: IntegrationProvider,
  { state, code, error }: Readonly<Record<'state' | 'code' | 'error', string | undefined>>,
): Promise<{ readonly storeId: string; readonly result: ProviderResult<Authorized> }> {
  const storeId = state === undefined ? '' : state.slice(0, Math.max(0, state.indexOf('.')));
  const isForm = state !== undefined && /^[a-z0-9]{1,32}\.[0-9a-f]{64}$/.test(state);
  const text = isForm ? await secrets.take(storeId, idOf(digest, state)) : undefined;
  const begun = text === undefined ? undefined : (JSON.parse(text) as Begun);
  if (!begun || begun.state !== state || begun.provider !== provider) {
    const message = 'the state is unknown, was used before, or is older than ten minutes';
    throw new DomainError('authorization_not_valid', message);
  }
  if (code === undefined) {
    const refusal = error === 'access_denied' ? error : 'no_code';
    return { storeId, result: { kind: 'auth', code: refusal } };
  }
  const { environment, redirectUri, verifier } = begun;
  const app = appAt(oauth, provider, environment);
  const pkce = app.offersPkce ? { verifier } : {};
  const granted = await app.exchange({ code, redirectUri, ...pkce });
  if (granted.kind !== 'ok') return { storeId, result: granted };
  const { account } = granted.value;
  const tokens = storedTokens(granted.value, clock.now());
  return { storeId, result: { kind: 'ok', value: { provider, environment, account, tokens } } };
}

function storedTokens(
  { accessToken, refreshToken, expiresInMs }: GrantedTokens,
  nowMs: number,
): StoredTokens {
  const times = { expiresAtMs: nowMs + expiresInMs, grantedAtMs: nowMs };
  return { accessToken, ...(refreshToken !== undefined && { refreshToken }), ...times };
}

/** @throws DomainError oauth_not_configured. */
function appAt(
  oauth: ProviderOAuths,
  provider: IntegrationProvider,
  environment: Begun['environment'],
): ProviderOAuth {
  const app = oauth.at(provider, environment);
  if (app) return app;
  const message = `this installation has no app at ${provider}, ${environment}`;
  throw new DomainError('oauth_not_configured', message);
}

const idOf = (digest: Digest, state: string) => digest.sha256(state).slice(0, ID_LENGTH);

const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
