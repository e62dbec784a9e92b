import { totalCents } from '../../../simulators/quickbooks/totals.ts';
import type { ProviderBooks, ProviderClients } from '../../../src/ports/provider-client.ts';
import type { Mutant } from './mutant.ts';

const withBooks =
  (wrong: (books: ProviderBooks) => ProviderBooks) =>
  (clients: ProviderClients): ProviderClients => ({
    open(...args) {
      const client = clients.open(...args);
      return client?.books ? { ...client, books: wrong(client.books) } : client;
    },
  });

/** A document without its first line. */
function shortened(body: Readonly<Record<string, unknown>>) {
  const [, ...rest] = body['Line'] as readonly unknown[];
  return { ...body, Line: rest };
}

/** Bugs of what is posted to the books. */
export const booksMutants: readonly Mutant[] = [
  {
    name: 'posting-key-per-try',
    standsFor: 'each try to post a sale has a key of its own, and no earlier one is looked for',
    providers: withBooks((books) => {
      let tries = 0;
      return {
        find: () => Promise.resolve({ kind: 'ok', value: undefined }),
        create: (entity, body, key) => books.create(entity, body, `${key}-${(tries += 1)}`),
      };
    }),
  },
  {
    name: 'posted-total-not-compared',
    standsFor: 'a receipt lacks a line, and what the provider says that it comes to is not read',
    providers: withBooks((books) => ({
      find: () => Promise.resolve({ kind: 'ok', value: undefined }),
      async create(entity, body, key) {
        const wrong = await books.create(entity, shortened(body), key);
        if (wrong.kind !== 'ok') return wrong;
        return { kind: 'ok', value: { ...wrong.value, totalMinor: totalCents(body) ?? 0 } };
      },
    })),
  },
  {
    name: 'posting-not-sent',
    standsFor: 'a sale counts as posted before the provider has it',
    providers: withBooks((books) => ({
      find: (...args) => books.find(...args),
      create: (_entity, body) =>
        Promise.resolve({ kind: 'ok', value: { id: 'none', totalMinor: totalCents(body) ?? 0 } }),
    })),
  },
];
