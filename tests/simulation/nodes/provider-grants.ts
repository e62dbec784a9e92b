import { systemDigest } from '../../../src/adapters/system/digest.ts';
import type { IntegrationProvider } from '../../../src/domain/integrations/index.ts';
import type { ProviderResult } from '../../../src/ports/provider-client.ts';
import type {
  CodeExchange,
  GrantedTokens,
  ProviderOAuth,
  ProviderOAuths,
} from '../../../src/ports/provider-oauth.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Prng } from '../world/prng.ts';
import type { Fate, Line } from './line.ts';

/** Tokens end shortly after the time in which the product refreshes them. */
const SHORTEST_MS = 300_500;
const MOST_LONGER_MS = 6_000;

/** What an owner allows the app of the product to do with an account. */
export interface SimGrant {
  readonly provider: IntegrationProvider;
  readonly account: string;
  /** Access tokens in the order in which they were granted: the newest one serves. */
  readonly tokens: string[];
  /** The refresh token that may be used next; undefined: the grant has ended. */
  living: string | undefined;
}

/** A refresh as a node has sent it. */
export interface SentRefresh {
  readonly refreshToken: string;
  /** In ms of the world. */
  readonly sentAt: number;
}

/** Grants at the providers, outside of all nodes. Each refresh token serves once. */
export interface SimGrants {
  readonly grants: readonly SimGrant[];
  readonly sent: SentRefresh[];
  /** The access token that a refresh token led to, by that refresh token. */
  readonly usedFor: ReadonlyMap<string, string>;
  grantOf(accessToken: string): SimGrant | undefined;
  /** The owner agrees, and the code leads back. */
  consent(provider: IntegrationProvider, account: string, challenge: string | null): string;
  exchange(code: CodeExchange): Promise<ProviderResult<GrantedTokens>>;
  refresh(refreshToken: string): Promise<ProviderResult<GrantedTokens>>;
  revoke(accessToken: string): void;
  /** Called with all that must be shown nowhere. */
  onSecret: (text: string) => void;
}

interface Consent {
  readonly provider: IntegrationProvider;
  readonly account: string;
  readonly challenge: string | null;
}

const INVALID = { kind: 'auth', code: 'invalid_grant' } as const;
const BUSY = { kind: 'retry', code: 'status_503' } as const;

const challengeOf = (verifier: string) =>
  Buffer.from(systemDigest.sha256(verifier), 'hex').toString('base64url');

export function createSimGrants(
  rnd: Prng,
  { onIssued, onEnded }: Record<'onIssued' | 'onEnded', (token: string, grant: SimGrant) => void>,
): SimGrants {
  const grants: SimGrant[] = [];
  const codes = new Map<string, Consent>();
  const byAccess = new Map<string, SimGrant>();
  const byRefresh = new Map<string, SimGrant>();
  const usedFor = new Map<string, string>();

  function secret(kind: string): string {
    const text = `${kind}-${rnd.uuid()}`;
    server.onSecret(text);
    return text;
  }

  function issue(grant: SimGrant): ProviderResult<GrantedTokens> {
    const [accessToken, refreshToken] = [secret('access'), secret('refresh')];
    end(grant);
    grant.tokens.push(accessToken);
    grant.living = refreshToken;
    byAccess.set(accessToken, grant);
    byRefresh.set(refreshToken, grant);
    onIssued(accessToken, grant);
    const expiresInMs = SHORTEST_MS + Math.floor(rnd.next() * MOST_LONGER_MS);
    const { account } = grant;
    return { kind: 'ok', value: { accessToken, refreshToken, expiresInMs, account } };
  }

  /** The tokens of now serve no more. */
  function end(grant: SimGrant): void {
    grant.living = undefined;
    const newest = grant.tokens.at(-1);
    if (newest !== undefined) onEnded(newest, grant);
  }

  const server: SimGrants = {
    ...{ grants, sent: [], usedFor, onSecret: () => undefined },
    grantOf: (accessToken) => byAccess.get(accessToken),
    consent(provider, account, challenge) {
      const code = secret('code');
      codes.set(code, { provider, account, challenge });
      return code;
    },
    exchange({ code, verifier }) {
      const consent = codes.get(code);
      if (rnd.chance(0.1)) return Promise.resolve(BUSY);
      codes.delete(code);
      const isProved =
        consent !== undefined &&
        (consent.challenge === null || consent.challenge === challengeOf(verifier ?? ''));
      if (!isProved) return Promise.resolve(INVALID);
      const { provider, account } = consent;
      const grant: SimGrant = { provider, account, tokens: [], living: undefined };
      grants.push(grant);
      return Promise.resolve(issue(grant));
    },
    refresh(refreshToken) {
      if (rnd.chance(0.15)) return Promise.resolve(BUSY);
      const grant = byRefresh.get(refreshToken);
      // Now and then the owner has ended it in the account.
      if (grant?.living === refreshToken && rnd.chance(0.05)) end(grant);
      if (grant?.living !== refreshToken) return Promise.resolve(INVALID);
      const result = issue(grant);
      if (result.kind === 'ok') usedFor.set(refreshToken, result.value.accessToken);
      return Promise.resolve(result);
    },
    revoke(accessToken) {
      const grant = byAccess.get(accessToken);
      if (grant) end(grant);
    },
  };
  return server;
}

/** The apps of the product as one life of a node has them, over a network. */
export function createNodeOAuths(
  { world, faults }: Conditions,
  line: Line,
  server: SimGrants,
): ProviderOAuths {
  const rnd = world.rnd('way to the token endpoints');

  function fateOf(): Fate {
    if (rnd.chance(faults.chargeLost)) return rnd.chance(0.5) ? 'request-lost' : 'late';
    return rnd.chance(faults.chargeAnswerLost) ? 'answer-lost' : 'ok';
  }

  const silence = () => ({ kind: 'retry', code: 'timeout', isUnknown: true }) as const;

  const appAt = (provider: IntegrationProvider): ProviderOAuth => ({
    offersPkce: provider !== 'quickbooks',
    authorizeUrl({ state, challenge }) {
      const query = new URLSearchParams({ state, ...(challenge !== undefined && { challenge }) });
      return `https://${provider}.example/authorize?${query.toString()}`;
    },
    exchange: (code) =>
      line.call('code is exchanged', () => server.exchange(code), fateOf()).catch(silence),
    refresh(refreshToken) {
      server.sent.push({ refreshToken, sentAt: world.now });
      return line
        .call('token is refreshed', () => server.refresh(refreshToken), fateOf())
        .catch(silence);
    },
    revoke({ accessToken }) {
      const revoked = () => {
        server.revoke(accessToken);
        return Promise.resolve();
      };
      return line
        .call('grant is revoked', revoked, fateOf())
        .then(() => ({ kind: 'ok', value: undefined }) as const)
        .catch(silence);
    },
  });
  return { at: (provider) => appAt(provider) };
}
