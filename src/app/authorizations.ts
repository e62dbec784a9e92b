import type { Authorizations } from '../api/routes/integrations/authorizations.ts';
import { beginAuthorization, finishAuthorization } from '../commands/integrations/authorization.ts';
import { usedBy } from '../commands/integrations/credentials.ts';
import { recordRefusal } from '../commands/integrations/record-refusal.ts';
import { createTokenKeeper, type TokenKeeper } from '../commands/integrations/tokens.ts';
import { integrationDecider } from '../domain/integrations/index.ts';
import { DomainError } from '../domain/kernel/errors.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { SealedCredentials } from '../engine/credentials/sealed-credentials.ts';
import type { SingleUseSecrets } from '../engine/credentials/single-use.ts';
import { NO_OAUTH } from '../ports/provider-oauth.ts';
import type { AppOptions } from './options.ts';

/** Longer than a call to a provider and the writes around it. */
const REFRESH_LEASE_MS = 60_000;

interface Parts {
  readonly app: AppOptions;
  readonly commands: CommandEngine;
  readonly credentials: SealedCredentials;
  readonly secrets: SingleUseSecrets;
}

/** The tokens of connections, which one instance at a time refreshes. */
export function createTokens({ app, commands, credentials }: Parts): TokenKeeper {
  const { ports, sharing } = app;
  const { clock, logger, oauth = NO_OAUTH } = ports;
  return createTokenKeeper({
    ...{ credentials, oauth, clock },
    async alone(name, work) {
      if (!sharing) return work();
      const { leases, holder } = sharing;
      if (!(await leases.acquire(name, holder, REFRESH_LEASE_MS))) return undefined;
      try {
        return await work();
      } finally {
        await leases.release(name, holder).catch((error: unknown) => {
          logger.warn({ lease: name, error: String(error) }, 'a lease was not released; it ends');
        });
      }
    },
    async isUsed({ storeId, provider, credentialsId }) {
      const { state } = await commands.load(integrationDecider, storeId, provider);
      return usedBy(state) === credentialsId;
    },
    onRefused: (owner, code) => recordRefusal({ ...ports, commands }, owner, code),
  });
}

/** Authorizations of the app of this installation at providers. */
export function createAuthorizations({ app, secrets }: Parts): Authorizations {
  const { ports, publicUrl = '' } = app;
  const { oauth = NO_OAUTH } = ports;
  const parts = { ...ports, secrets, oauth };
  return {
    async begin(storeId, provider, environment) {
      if (publicUrl === '') {
        throw new DomainError('oauth_not_configured', 'expected PUBLIC_URL, to come back to');
      }
      const redirectUri = `${publicUrl}/integrations/${provider}/callback`;
      return beginAuthorization(parts, storeId, { provider, environment, redirectUri });
    },
    finish: (provider, redirect) => finishAuthorization(parts, provider, redirect),
    async revoke(provider, environment, text) {
      const app = oauth.at(provider, environment);
      const { accessToken, refreshToken } = JSON.parse(text) as Record<string, string>;
      if (!app?.revoke || accessToken === undefined || refreshToken === undefined) return;
      const ended = await app.revoke({ accessToken, refreshToken });
      if (ended.kind === 'ok') return;
      ports.logger.warn({ provider, code: ended.code }, 'a grant was not revoked at its provider');
    },
  };
}
