import type { IntegrationProvider } from '../../../src/domain/integrations/index.ts';
import type {
  ProviderAccount,
  ProviderClient,
  ProviderClients,
  ProviderResult,
} from '../../../src/ports/provider-client.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Fate, Line } from './line.ts';

const MOST_RETRY_MS = 800;

/** A call as it came to a provider. */
export interface ProviderCall {
  readonly provider: IntegrationProvider;
  readonly account: string;
  readonly token: string;
  readonly isAccepted: boolean;
}

/** The account of a shop, the same name at each provider. */
export const accountOf = (shop: string) => `merchant-${shop}`;

/** The providers of the world, outside of all nodes: accounts of shops, and their tokens. */
export interface SimProviders {
  readonly calls: readonly ProviderCall[];
  /** A token of the account, which some people copy wrongly. */
  issue(provider: IntegrationProvider, account: string): string;
  test(
    provider: IntegrationProvider,
    account: string,
    token: string,
  ): Promise<ProviderResult<ProviderAccount>>;
}

export function createSimProviders({ world }: Conditions): SimProviders {
  const rnd = world.rnd('providers');
  const calls: ProviderCall[] = [];
  /** Whose they are. A token that was revoked is in it no more. */
  const valid = new Map<string, string>();
  let issued = 0;

  const ownerOf = (provider: string, account: string) => `${provider} ${account}`;

  return {
    calls,
    issue(provider, account) {
      const token = `token-${provider}-${account}-${String(++issued).padStart(3, '0')}-${rnd.uuid()}`;
      if (rnd.chance(0.8)) valid.set(token, ownerOf(provider, account));
      return token;
    },
    test(provider, account, token) {
      const isBusy = rnd.chance(0.15);
      if (rnd.chance(0.05)) valid.delete(token);
      const isAccepted = !isBusy && valid.get(token) === ownerOf(provider, account);
      calls.push({ provider, account, token, isAccepted });
      if (isBusy) return Promise.resolve(busy(rnd.next()));
      if (!isAccepted) return Promise.resolve({ kind: 'auth', code: 'UNAUTHORIZED' });
      return Promise.resolve({ kind: 'ok', value: { id: account, name: `Shop ${account}` } });
    },
  };
}

const busy = (share: number) =>
  ({ kind: 'retry', code: 'status_503', afterMs: Math.ceil(share * MOST_RETRY_MS) }) as const;

/** The providers as one life of a node has them: over a network, and sometimes without an answer. */
export function createNodeProviders(
  { world, faults }: Conditions,
  line: Line,
  server: SimProviders,
): ProviderClients {
  const rnd = world.rnd('way to the providers');

  function fateOf(): Fate {
    if (rnd.chance(faults.chargeLost)) return rnd.chance(0.5) ? 'request-lost' : 'late';
    return rnd.chance(faults.chargeAnswerLost) ? 'answer-lost' : 'ok';
  }

  /** The product only ever asks whether a token serves. */
  const unused = () => Promise.reject(new Error('expected no other call of a provider'));

  return {
    open: (provider, _environment, { accessToken, account }): ProviderClient => ({
      testConnection: () =>
        line
          .call('token is tried', () => server.test(provider, account, accessToken), fateOf())
          .catch(() => ({ kind: 'retry', code: 'timeout' }) as const),
      findTransaction: unused,
      listChanges: unused,
    }),
  };
}
