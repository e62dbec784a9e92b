import type { IntegrationProvider } from '../../../src/domain/integrations/index.ts';
import type {
  ObserveCall,
  ProviderAccount,
  ProviderChanges,
  ProviderClient,
  ProviderClients,
  ProviderResult,
  ProviderTransaction,
} from '../../../src/ports/provider-client.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Fate, Line } from './line.ts';
import { createSimLedger, onePage, type SimLedger } from './provider-books.ts';
import { createSimGrants, type SimGrants } from './provider-grants.ts';

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
  /** Calls as nodes sent them, whether they came or not, by provider and account. */
  readonly sent: Map<string, number>;
  /** A token of the account, which some people copy wrongly. */
  issue(provider: IntegrationProvider, account: string): string;
  test(
    provider: IntegrationProvider,
    account: string,
    token: string,
  ): Promise<ProviderResult<ProviderAccount>>;
  /** What the account received. Reads can be older than what just happened. */
  readonly payments: SimProviderPayment[];
  find(
    provider: IntegrationProvider,
    account: string,
    token: string,
    id: string,
  ): Promise<ProviderResult<ProviderTransaction | undefined>>;
  /** Grants to the app of the product. */
  readonly grants: SimGrants;
  /** Documents of accounting systems. */
  readonly ledger: SimLedger;
  list(
    provider: IntegrationProvider,
    account: string,
    token: string,
  ): Promise<ProviderResult<ProviderChanges>>;
}

/** Money that a payer moved at a provider. */
export interface SimProviderPayment extends ProviderTransaction {
  readonly provider: IntegrationProvider;
  readonly account: string;
}

export function createSimProviders({ world }: Conditions): SimProviders {
  const rnd = world.rnd('providers');
  const calls: ProviderCall[] = [];
  /** Whose they are. A token that was revoked is in it no more. */
  const valid = new Map<string, string>();
  let issued = 0;

  const payments: SimProviderPayment[] = [];

  /** Undefined: the token serves. */
  function refusal(provider: IntegrationProvider, account: string, token: string) {
    const isBusy = rnd.chance(0.15);
    const isAccepted = !isBusy && valid.get(token) === ownerOf(provider, account);
    calls.push({ provider, account, token, isAccepted });
    if (isBusy) return busy(rnd.next());
    return isAccepted ? undefined : ({ kind: 'auth', code: 'UNAUTHORIZED' } as const);
  }

  const paymentsOf = (provider: IntegrationProvider, account: string) =>
    payments.filter((each) => each.provider === provider && each.account === account);

  const ownerOf = (provider: string, account: string) => `${provider} ${account}`;

  const grants = createSimGrants(world.rnd('grants'), {
    onIssued: (token, { provider, account }) => valid.set(token, ownerOf(provider, account)),
    onEnded: (token) => valid.delete(token),
  });

  return {
    ...{ calls, sent: new Map(), payments, grants },
    ledger: createSimLedger(rnd, refusal),
    find(provider, account, token, id) {
      const refused = refusal(provider, account, token);
      if (refused) return Promise.resolve(refused);
      const found = paymentsOf(provider, account).find((each) => each.id === id);
      // A copy of the provider can lag behind.
      const value = rnd.chance(0.1) ? undefined : found;
      return Promise.resolve({ kind: 'ok', value });
    },
    list(provider, account, token) {
      const refused = refusal(provider, account, token);
      if (refused) return Promise.resolve(refused);
      const transactions = paymentsOf(provider, account);
      return Promise.resolve({ kind: 'ok', value: { transactions, isComplete: true } });
    },
    issue(provider, account) {
      const token = `token-${provider}-${account}-${String(++issued).padStart(3, '0')}-${rnd.uuid()}`;
      if (rnd.chance(0.8)) valid.set(token, ownerOf(provider, account));
      return token;
    },
    test(provider, account, token) {
      const isBusy = rnd.chance(0.15);
      // A token of a grant was new a moment ago.
      if (rnd.chance(0.05) && !grants.grantOf(token)) valid.delete(token);
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

  const silence = () => ({ kind: 'retry', code: 'timeout', isUnknown: true }) as const;

  return {
    open(provider, _environment, { accessToken, account, observe }): ProviderClient {
      const counted = counting(server, `${provider} ${account}`, line, observe);
      return clientOf(counted, provider, account, accessToken);
    },
  };

  function clientOf(
    line: Pick<Line, 'call'>,
    provider: IntegrationProvider,
    account: string,
    accessToken: string,
  ): ProviderClient {
    const kept = (...of: Parameters<SimLedger['kept']>) =>
      line.call('documents are listed', () => server.ledger.kept(...of), fateOf()).catch(silence);
    return {
      testConnection: () =>
        line
          .call('token is tried', () => server.test(provider, account, accessToken), fateOf())
          .catch(silence),
      findTransaction: (id) =>
        line
          .call(
            'payment is looked up',
            () => server.find(provider, account, accessToken, id),
            fateOf(),
          )
          .catch(silence),
      ...(provider === 'quickbooks' && {
        books: {
          find: (entity: string, number: string) =>
            line
              .call(
                'document is looked up',
                () => server.ledger.find(account, accessToken, entity, number),
                fateOf(),
              )
              .catch(silence),
          list: (entity: string, days: { readonly from: string; readonly to: string }) =>
            kept(
              account,
              accessToken,
              entity,
              ({ day }) => day >= days.from && day <= days.to,
            ).then(onePage),
          findAll: (entity: string, wanted: string) =>
            kept(account, accessToken, entity, ({ number }) => number === wanted),
          get: (entity: string, wanted: string) =>
            kept(account, accessToken, entity, ({ id }) => id === wanted).then((result) =>
              result.kind === 'ok' ? { kind: 'ok' as const, value: result.value[0] } : result,
            ),
          remove: () => Promise.resolve({ kind: 'permanent', code: '6210' } as const),
          create: (entity: string, body: object, key: string) =>
            line
              .call(
                'document is posted',
                () => server.ledger.create(account, accessToken, entity, body, key),
                fateOf(),
              )
              .catch(silence),
        },
      }),
      listChanges: () =>
        line
          .call('changes are listed', () => server.list(provider, account, accessToken), fateOf())
          .catch(silence),
    };
  }
}

/** A way that counts what is sent by it, and shows it to the product. */
function counting(
  { sent }: SimProviders,
  name: string,
  line: Line,
  observe: ObserveCall = () => () => undefined,
): Pick<Line, 'call'> {
  return {
    async call(label, operation, fate) {
      sent.set(name, (sent.get(name) ?? 0) + 1);
      const ended = observe();
      let isFailed = true;
      try {
        const result = await line.call(label, operation, fate);
        const { kind } = result as ProviderResult<unknown>;
        isFailed = kind === 'retry' || kind === 'auth';
        return result;
      } finally {
        ended({ isRead: true, isFailed, bytes: 1 });
      }
    },
  };
}
