import {
  INTEGRATION_PROVIDERS,
  integrationDecider,
  type IntegrationEvent,
  type IntegrationProvider,
  type IntegrationState,
} from '../../domain/integrations/index.ts';
import type { CommandResult } from '../../engine/commands/command-engine.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Digest } from '../../ports/digest.ts';
import type {
  ProviderAccount,
  ProviderClients,
  ProviderResult,
} from '../../ports/provider-client.ts';
import { authorizedClient } from './authorized-client.ts';
import type { StoredTokens, TokenKeeper } from './tokens.ts';
import type { UsageMeter } from './usage-meter.ts';

const ID_LENGTH = 32;
/** Of an account, in characters. */
const MAX_NAME_LENGTH = 200;

/** Where the credentials are kept: in the vault, and in nothing else. */
interface CredentialsStore {
  put(storeId: string, id: string, text: string): Promise<void>;
  get(storeId: string, id: string): Promise<string | undefined>;
  remove(storeId: string, id: string): Promise<void>;
  list(storeId: string): Promise<readonly string[]>;
}

export interface IntegrationParts {
  readonly digest: Digest;
  readonly credentials: CredentialsStore;
  readonly providerClients: ProviderClients;
  readonly tokens: TokenKeeper;
  readonly usage: Pick<UsageMeter, 'observerOf'>;
  /** ISO 4217. */
  readonly currency: string;
}

export type Result = CommandResult<IntegrationState, IntegrationEvent>;

/** What a test found. `unavailable`: the provider could not be asked, and nothing was recorded. */
export interface TestOutcome {
  readonly outcome: 'accepted' | 'refused' | 'unavailable';
  readonly code?: string;
}

/**
 * Names the credentials by the command and what they are: a repeat with the same key and another
 * token is another command, and refused as that. From 16 random characters on, nothing can be
 * found out from it.
 */
export function credentialsIdOf(digest: Digest, commandId: string, accessToken: string): string {
  return idOf(digest, [commandId, accessToken]);
}

const idOf = (digest: Digest, of: unknown) => digest.sha256(JSON.stringify(of)).slice(0, ID_LENGTH);

/**
 * Keeps the credentials of a connection that was just recorded, and removes those that they
 * replace. A late repeat, after others were given or the connection ended, brings back nothing.
 */
export async function keepCredentials(
  parts: Pick<IntegrationParts, 'credentials'>,
  sequence: Sequence,
  provider: IntegrationProvider,
  { events }: Result,
  tokens: StoredTokens,
): Promise<void> {
  const { storeId } = sequence.context;
  const given = events.find(({ type }) => type === 'IntegrationCredentialsGiven');
  if (given?.type !== 'IntegrationCredentialsGiven') return;
  const { credentialsId } = given.data;
  const { state } = await sequence.commands.load(integrationDecider, storeId, provider);
  if (usedBy(state) === credentialsId) {
    await parts.credentials.put(storeId, credentialsId, JSON.stringify(tokens));
  }
  // The connection can have ended meanwhile, and its credentials been removed before they came.
  await removeUnused(parts, sequence);
}

/**
 * Removes the credentials that no connection of the shop uses: its own are the only ones that are
 * kept. Also what an instance left that died halfway, or whose request was never repeated. Events
 * name credentials before they are stored, so those that no state names are never used again.
 */
export async function removeUnused(
  { credentials }: Pick<IntegrationParts, 'credentials'>,
  {
    commands,
    context: { storeId },
  }: Pick<Sequence, 'commands'> & {
    readonly context: { readonly storeId: string };
  },
): Promise<void> {
  const kept = await credentials.list(storeId);
  const used = new Set<string | undefined>();
  // After the list: what is listed was named in the log before.
  for (const provider of INTEGRATION_PROVIDERS) {
    used.add(usedBy((await commands.load(integrationDecider, storeId, provider)).state));
  }
  for (const id of kept) if (!used.has(id)) await credentials.remove(storeId, id);
}

export function usedBy(state: IntegrationState): string | undefined {
  const isOver = state.status === 'none' || state.status === 'disconnected';
  return isOver ? undefined : state.credentialsId;
}

/** Asks the provider whether the credentials serve, and records what it says. */
export async function testConnection(
  parts: IntegrationParts,
  sequence: Sequence,
  provider: IntegrationProvider,
): Promise<{ readonly test: TestOutcome; readonly result?: Result }> {
  const { storeId } = sequence.context;
  const { state } = await sequence.commands.load(integrationDecider, storeId, provider);
  if (state.status === 'none' || state.status === 'disconnected') {
    return { test: { outcome: 'unavailable', code: 'disconnected' } };
  }
  const { credentialsId } = state;
  const answer = await ask(parts, storeId, state);
  if (answer.kind !== 'ok' && answer.kind !== 'auth') {
    return { test: { outcome: 'unavailable', code: answer.code } };
  }
  const found =
    answer.kind === 'ok'
      ? { isAccepted: true, accountName: nameIn(answer.value) }
      : { isAccepted: false, code: answer.code };
  const data = { credentialsId, ...omitUndefined(found) } as const;
  // A late repeat tests what there is now, and can find another answer: that is another command.
  const id = stepId(sequence, `test ${idOf(parts.digest, data)}`);
  const command = { type: 'RecordTest', data } as const;
  const result = await dispatch(sequence, id, integrationDecider, provider, command);
  const test: TestOutcome =
    answer.kind === 'ok' ? { outcome: 'accepted' } : { outcome: 'refused', code: answer.code };
  return { test, result };
}

/** A provider can leave the name empty. */
function nameIn({ name }: ProviderAccount): string | undefined {
  return name === '' ? undefined : name.slice(0, MAX_NAME_LENGTH);
}

type Connection = Extract<IntegrationState, { credentialsId: string }>;

async function ask(
  { tokens, providerClients, usage, currency }: IntegrationParts,
  storeId: string,
  { provider, environment, account, credentialsId, isAccepted }: Connection,
): Promise<ProviderResult<ProviderAccount>> {
  const owner = { storeId, provider, environment, credentialsId };
  const valid = await tokens.current(owner);
  if (valid.kind !== 'ok') {
    // The log names new ones before they are stored: another request may be about to do so.
    const areLost = valid.code === 'credentials_missing' && isAccepted !== undefined;
    return areLost ? { ...valid, kind: 'auth' } : valid;
  }
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
  return client ? client.testConnection() : { kind: 'retry', code: 'no_outgoing_calls' };
}
