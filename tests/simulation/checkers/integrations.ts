import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import { createSealedCredentials } from '../../../src/engine/credentials/sealed-credentials.ts';
import { createSubjectKeys } from '../../../src/engine/personal-data/subject-keys.ts';
import type { SimGrant } from '../nodes/provider-grants.ts';
import { accountOf, type ProviderCall } from '../nodes/providers.ts';
import { SHOPS } from '../nodes/shops.ts';
import type { CreateChecker } from './checker.ts';
import { grantBehind } from './grants.ts';

const PAGE = 1_000;

interface Connection {
  readonly shop: string;
  readonly credentialsId: string;
  readonly status: string;
  /** Of a connection by OAuth. */
  readonly grant?: SimGrant;
  /** The token that was given, where a person gave one. */
  readonly token?: string;
}

const owns = ({ grant, token }: Connection, accessToken: string | undefined) =>
  accessToken !== undefined && (grant?.tokens.includes(accessToken) ?? accessToken === token);

/** Rules of connections with providers: whose token is sent, what stands for it, what is left. */
export const integrationRules: CreateChecker = ({ servers, owners, conditions }, fail) => {
  const connections = new Map<string, Connection>();
  const accepted = new Set<string>();
  let seen = 0;
  let called = 0;

  function sent({ provider, account, token, isAccepted }: ProviderCall): void {
    const { grants } = servers.providers;
    const grant = grants.grantOf(token);
    if (grant) {
      if (isAccepted) accepted.add(token);
      const isOfAccount = grant.provider === provider && grant.account === account;
      if (!isOfAccount) fail('token-of-shop', `${token} was sent to ${provider} for ${account}`);
      return;
    }
    const given = owners.given.find((each) => each.token === token);
    const isOwn = given?.provider === provider && accountOf(given.shop) === account;
    if (!isOwn) fail('token-of-shop', `${token} was sent to ${provider} for ${account}`);
    if (isAccepted) accepted.add(token);
  }

  function note({ stream, type, revision, data, metadata }: RecordedEvent): void {
    if (categoryOf(stream) !== 'integration' || type === 'CommandRefused') return;
    const { status } = data as { readonly status: string };
    const before = connections.get(stream);
    if (type === 'IntegrationCredentialsGiven') {
      const { credentialsId } = data as { readonly credentialsId: string };
      const { commandId, storeId: shop } = metadata;
      const key = /owner-\w+-\d{3}/.exec(commandId)?.[0];
      const token = owners.given.find((each) => each.key === key)?.token;
      const grant = grantBehind(servers.providers.grants.grants, commandId, credentialsId);
      if (token === undefined && !grant) {
        fail('token-of-shop', `${stream} at ${revision}: nobody gave a token`);
        return;
      }
      const whose = grant ? { grant } : { token: token ?? '' };
      connections.set(stream, { shop, credentialsId, status, ...whose });
    } else if (before) connections.set(stream, { ...before, status });
    checkAccepted(stream, revision);
  }

  function checkAccepted(stream: string, revision: number): void {
    const connection = connections.get(stream);
    if (connection?.status !== 'connected') return;
    const { grant, token = '' } = connection;
    if (grant?.tokens.some((each) => accepted.has(each)) ?? accepted.has(token)) return;
    fail('connected-is-accepted', `${stream} at ${revision}: its token was never accepted`);
  }

  async function checkVault(): Promise<void> {
    const clock = { now: () => conditions.world.startedAt + conditions.world.now };
    const keys = createSubjectKeys({ ...servers, clock });
    const credentials = createSealedCredentials({ ...servers, keys });
    for (const [stream, connection] of connections) {
      const { shop, credentialsId, status } = connection;
      if (status !== 'connected') continue;
      const text = (await credentials.get(shop, credentialsId)) ?? '{}';
      const { accessToken } = JSON.parse(text) as { readonly accessToken?: string };
      if (owns(connection, accessToken)) continue;
      fail('connected-is-accepted', `the vault has ${accessToken ?? 'nothing'} for ${stream}`);
    }
  }

  async function checkLeft(): Promise<void> {
    const going = [...connections.values()].filter(({ status }) => status !== 'disconnected');
    const used = new Set(going.map(({ shop, credentialsId }) => shop + credentialsId));
    for (const { id: storeId } of SHOPS) {
      const kept = await servers.vault.list({ storeId, kind: 'credentials' }, { limit: PAGE });
      for (const { id, value } of kept) {
        if (!used.has(storeId + id)) fail('credentials-gone', `${storeId} still keeps ${id}`);
        const shown = owners.given.find(({ token }) => value.includes(token));
        if (shown) fail('no-secret-kept', `the vault shows ${shown.token}`);
      }
    }
  }

  return {
    onStep() {
      const { calls } = servers.providers;
      for (; called < calls.length; called++) sent(calls[called] as ProviderCall);
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    async atEnd() {
      await checkVault();
      await checkLeft();
    },
  };
};
