import type { ProviderName, ProviderResult } from './provider-client.ts';

/** What a provider grants to an app. None of it may be shown, logged or put into an event. */
export interface GrantedTokens {
  readonly accessToken: string;
  /** Absent: the one before goes on to serve. */
  readonly refreshToken?: string;
  /** From the time of the reply. */
  readonly expiresInMs: number;
  /** The account that granted it, where the reply names one. */
  readonly account?: string;
}

export interface AuthorizationRequest {
  /** Comes back with the redirect. */
  readonly state: string;
  readonly redirectUri: string;
  /** S256 of the verifier, base64url; for a provider that offers PKCE. */
  readonly challenge?: string;
}

export interface CodeExchange {
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier?: string;
}

/**
 * The app of this installation at a provider (OAuth 2). Each call is one attempt. A failure of the
 * kind `auth` says that the code or the refresh token does not serve, or the app itself.
 */
export interface ProviderOAuth {
  readonly offersPkce: boolean;
  /** A token of this age is refreshed, whenever it ends. */
  readonly maxAgeMs?: number;
  /** Where a person agrees. */
  authorizeUrl(request: AuthorizationRequest): string;
  exchange(request: CodeExchange): Promise<ProviderResult<GrantedTokens>>;
  refresh(refreshToken: string): Promise<ProviderResult<GrantedTokens>>;
  /** Ends the grant at the provider. Absent: the owner ends it in the account there. */
  revoke?(tokens: {
    readonly accessToken: string;
    readonly refreshToken?: string | undefined;
  }): Promise<ProviderResult<unknown>>;
}

/** The apps of this installation. */
export interface ProviderOAuths {
  /** Undefined: this installation has no app there. */
  at(provider: ProviderName, environment: 'production' | 'sandbox'): ProviderOAuth | undefined;
}

/** Without apps: connections are made with access tokens. */
export const NO_OAUTH: ProviderOAuths = { at: () => undefined };

/** What an app is known by at its provider. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}
