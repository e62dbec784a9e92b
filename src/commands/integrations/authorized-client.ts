import type { ProviderClient, ProviderResult } from '../../ports/provider-client.ts';
import type { StoredTokens } from './tokens.ts';

interface Parts {
  /** Undefined: this installation makes no calls to other systems. */
  readonly open: (accessToken: string) => ProviderClient | undefined;
  /** Another token than one that was refused. */
  readonly renew: (refused: string) => Promise<ProviderResult<StoredTokens>>;
}

/**
 * A client whose token is renewed when the provider refuses it; the call is then repeated once. An
 * access token that a person gave has no other.
 */
export function authorizedClient(
  { open, renew }: Parts,
  tokens: StoredTokens,
): ProviderClient | undefined {
  const first = open(tokens.accessToken);
  if (!first || tokens.refreshToken === undefined) return first;
  let [accessToken, client] = [tokens.accessToken, first];

  async function call<T>(
    use: (client: ProviderClient) => Promise<ProviderResult<T>>,
  ): Promise<ProviderResult<T>> {
    const used = accessToken;
    const result = await use(client);
    if (result.kind !== 'auth') return result;
    const renewed = await renew(used);
    if (renewed.kind !== 'ok') return renewed.kind === 'auth' ? { ...result, ...renewed } : renewed;
    const next = open(renewed.value.accessToken);
    if (!next) return result;
    [accessToken, client] = [renewed.value.accessToken, next];
    return use(next);
  }

  const { checkouts, books, sales, payouts, payments } = first;
  return {
    testConnection: () => call((each) => each.testConnection()),
    findTransaction: (id) => call((each) => each.findTransaction(id)),
    listChanges: (sinceMs) => call((each) => each.listChanges(sinceMs)),
    ...(checkouts && {
      checkouts: {
        find: (reference) => call((each) => (each.checkouts ?? checkouts).find(reference)),
        create: (request) => call((each) => (each.checkouts ?? checkouts).create(request)),
      },
    }),
    ...(books && {
      books: {
        find: (...of) => call((each) => (each.books ?? books).find(...of)),
        create: (...of) => call((each) => (each.books ?? books).create(...of)),
        list: (...of) => call((each) => (each.books ?? books).list(...of)),
        findAll: (...of) => call((each) => (each.books ?? books).findAll(...of)),
        get: (...of) => call((each) => (each.books ?? books).get(...of)),
        remove: (...of) => call((each) => (each.books ?? books).remove(...of)),
      },
    }),
    ...(sales && {
      sales: {
        locations: () => call((each) => (each.sales ?? sales).locations()),
        list: (...of) => call((each) => (each.sales ?? sales).list(...of)),
        get: (...of) => call((each) => (each.sales ?? sales).get(...of)),
      },
    }),
    ...(payouts && {
      payouts: {
        list: (...of) => call((each) => (each.payouts ?? payouts).list(...of)),
        entries: (...of) => call((each) => (each.payouts ?? payouts).entries(...of)),
      },
    }),
    ...(payments && {
      payments: {
        charge: (request) => call((each) => (each.payments ?? payments).charge(request)),
        lookup: (of) => call((each) => (each.payments ?? payments).lookup(of)),
        refund: (request) => call((each) => (each.payments ?? payments).refund(request)),
      },
    }),
  };
}
