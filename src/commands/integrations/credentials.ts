import {
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

const ID_LENGTH = 32;
/** Of an account, in characters. */
const MAX_NAME_LENGTH = 200;

/** Where the credentials are kept: in the vault, and in nothing else. */
interface CredentialsStore {
  put(storeId: string, id: string, text: string): Promise<void>;
  get(storeId: string, id: string): Promise<string | undefined>;
  remove(storeId: string, id: string): Promise<void>;
}

export interface IntegrationParts {
  readonly digest: Digest;
  readonly credentials: CredentialsStore;
  readonly providerClients: ProviderClients;
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
  return digest.sha256(JSON.stringify([commandId, accessToken])).slice(0, ID_LENGTH);
}

/**
 * Keeps the credentials of a connection that was just recorded, and removes those that they
 * replace. A late repeat, after others were given or the connection ended, brings back nothing.
 */
export async function keepCredentials(
  { credentials }: Pick<IntegrationParts, 'credentials'>,
  sequence: Sequence,
  provider: IntegrationProvider,
  { events }: Result,
  accessToken: string,
): Promise<void> {
  const { storeId } = sequence.context;
  const given = events.find(({ type }) => type === 'IntegrationCredentialsGiven');
  if (given?.type !== 'IntegrationCredentialsGiven') return;
  const { credentialsId, replaces } = given.data;
  if (replaces !== undefined) await credentials.remove(storeId, replaces);
  const { state } = await sequence.commands.load(integrationDecider, storeId, provider);
  const isCurrent = state.status !== 'none' && state.status !== 'disconnected';
  if (!isCurrent || state.credentialsId !== credentialsId) return;
  await credentials.put(storeId, credentialsId, JSON.stringify({ accessToken }));
  // The connection can have ended meanwhile, and its credentials been removed before they came.
  const after = await sequence.commands.load(integrationDecider, storeId, provider);
  const isStill = after.state.status !== 'none' && after.state.credentialsId === credentialsId;
  if (!isStill || after.state.status === 'disconnected') {
    await credentials.remove(storeId, credentialsId);
  }
}

/** Removes the credentials of a connection that ended. A repeat removes them again. */
export async function dropCredentials(
  { credentials }: Pick<IntegrationParts, 'credentials'>,
  { context: { storeId } }: Sequence,
  { events }: Result,
): Promise<void> {
  for (const { type, data } of events) {
    if (type === 'IntegrationDisconnected') await credentials.remove(storeId, data.credentialsId);
  }
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
  const id = stepId(sequence, `test ${found.isAccepted ? 'accepted' : 'refused'}`);
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
  { credentials, providerClients, currency }: IntegrationParts,
  storeId: string,
  { provider, environment, account, credentialsId }: Connection,
): Promise<ProviderResult<ProviderAccount>> {
  const text = await credentials.get(storeId, credentialsId);
  if (text === undefined) return { kind: 'auth', code: 'credentials_missing' };
  const { accessToken } = JSON.parse(text) as { readonly accessToken: string };
  const client = providerClients.open(provider, environment, {
    ...{ accessToken, account, currency },
  });
  return client ? client.testConnection() : { kind: 'retry', code: 'no_outgoing_calls' };
}
