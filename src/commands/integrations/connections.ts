import {
  INTEGRATION_PROVIDERS,
  integrationDecider,
  type IntegrationState,
} from '../../domain/integrations/index.ts';
import type { Provider } from '../../domain/kernel/providers.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type {
  ProviderClients,
  ProviderConnection,
  ProviderConnections,
  ProviderFailure,
  ProviderResult,
} from '../../ports/provider-client.ts';
import { authorizedClient } from './authorized-client.ts';
import { guardClient, type GuardParts } from './guarded-client.ts';
import type { StoredTokens, TokenKeeper } from './tokens.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface ConnectionParts extends GuardParts {
  readonly commands: Pick<CommandEngine, 'load'>;
  /** The credentials in the vault. */
  readonly credentials: { get(storeId: string, id: string): Promise<string | undefined> };
  readonly providerClients: ProviderClients;
  readonly tokens: TokenKeeper;
  readonly usage: Pick<UsageMeter, 'observerOf'>;
  /** Address of this installation; empty: it has none. */
  readonly publicUrl: string;
  /** Where the app of an account takes webhooks: a path, or a whole address. */
  readonly webhookAddressOf: (provider: Provider, account: string) => string | undefined;
  /** ISO 4217; undefined for a shop that is no more. */
  readonly currencyOf: (storeId: string) => string | undefined;
}

type Connection = Extract<IntegrationState, { credentialsId: string }>;

const closed = (code: string): ProviderFailure => ({ kind: 'retry', code });

/** The accounts that shops are connected with, read from the log at every use. */
export function createConnections(parts: ConnectionParts): ProviderConnections {
  const { commands } = parts;
  return {
    async open(storeId, name, priority = 'medium') {
      const provider = INTEGRATION_PROVIDERS.find((each) => each === name);
      if (!provider) return closed('not_connected');
      const { state } = await commands.load(integrationDecider, storeId, provider);
      if (state.status === 'none' || state.status === 'disconnected') {
        return closed('not_connected');
      }
      if (state.status === 'suspended') return closed('paused');
      const connected = await connect(parts, storeId, state);
      if (connected.kind !== 'ok') return connected;
      const whose = { storeId, provider, priority };
      const client = guardClient(connected.value.client, parts, whose);
      return { kind: 'ok', value: { ...connected.value, client } };
    },
  };
}

async function connect(
  { credentials, tokens, providerClients, usage, currencyOf, ...addresses }: ConnectionParts,
  storeId: string,
  { provider, environment, account, credentialsId, isAccepted }: Connection,
): Promise<ProviderResult<ProviderConnection>> {
  const currency = currencyOf(storeId);
  const text = await credentials.get(storeId, credentialsId);
  if (text === undefined || currency === undefined) return closed('credentials_missing');
  const { refreshToken } = JSON.parse(text) as StoredTokens;
  // The grant has ended: the work waits until a person connects again, or tests with success.
  if (isAccepted === false && refreshToken !== undefined) return closed('authorization_needed');
  const owner = { storeId, provider, environment, credentialsId };
  const valid = await tokens.current(owner);
  if (valid.kind !== 'ok') return valid;
  const client = authorizedClient(
    {
      open: (accessToken) =>
        providerClients.open(provider, environment, {
          ...{ accessToken, account, currency },
          observe: usage.observerOf(storeId, provider),
        }),
      renew: (refused) => tokens.renewed(owner, refused),
    },
    valid.value,
  );
  if (!client) return closed('no_outgoing_calls');
  return { kind: 'ok', value: { account, client, ...addressesOf(addresses, provider, account) } };
}

function addressesOf(
  { publicUrl, webhookAddressOf }: Pick<ConnectionParts, 'publicUrl' | 'webhookAddressOf'>,
  provider: Provider,
  account: string,
): Pick<ProviderConnection, 'publicUrl' | 'webhookUrl'> {
  const address = webhookAddressOf(provider, account);
  if (address === undefined) return { publicUrl };
  if (!address.startsWith('/')) return { publicUrl, webhookUrl: address };
  return publicUrl === '' ? { publicUrl } : { publicUrl, webhookUrl: `${publicUrl}${address}` };
}
