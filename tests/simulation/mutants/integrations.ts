import type { Route } from '../../../src/api/route.ts';
import type { Services } from '../../../src/api/services.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { ObserveCall, ProviderClients } from '../../../src/ports/provider-client.ts';
import type { Vault, VaultKey } from '../../../src/ports/vault.ts';
import type { Mutant } from './mutant.ts';

type Credentials = Services['credentials'];

/** The routes of connections with other credentials than those of the vault. */
const keeping =
  (change: (credentials: Credentials) => Credentials) =>
  (features: readonly Feature[]): readonly Feature[] =>
    features.map((feature) => ({
      ...feature,
      routes: feature.routes.map((route): Route =>
        route.path.startsWith('/integrations/:provider')
          ? {
              ...route,
              handle: (request, services) =>
                route.handle(request, {
                  ...services,
                  credentials: change(services.credentials),
                }),
            }
          : route,
      ),
    }));

const accepting = (clients: ProviderClients): ProviderClients => ({
  open(provider, environment, options) {
    const client = clients.open(provider, environment, options);
    return (
      client && {
        ...client,
        async testConnection() {
          const answer = await client.testConnection();
          if (answer.kind !== 'auth') return answer;
          return { kind: 'ok', value: { id: options.account, name: '' } };
        },
      }
    );
  },
});

const countingTwice = (clients: ProviderClients): ProviderClients => ({
  open(provider, environment, options) {
    const { observe = () => () => undefined } = options;
    const twice: ObserveCall = () => {
      const [first, second] = [observe(), observe()];
      return (outcome) => {
        first(outcome);
        second(outcome);
      };
    };
    return clients.open(provider, environment, { ...options, observe: twice });
  },
});

/** Each judgement of a health as if there had been none before. */
const forgettingHealth = (log: EventLog): EventLog =>
  Object.assign(Object.create(log) as EventLog, {
    append(...[stream, revision, events, ...rest]: Parameters<EventLog['append']>) {
      const changed = events.map((event) => {
        if (event.type !== 'IntegrationHealthChanged') return event;
        return { ...event, data: { ...(event.data as object), before: 'unknown' } };
      });
      return log.append(stream, revision, changed, ...rest);
    },
  });

/** Bugs of connections with providers. */
export const integrationMutants: readonly Mutant[] = [
  {
    name: 'token-tried-not-kept',
    standsFor: 'a token is tried before it is stored, and then not kept',
    features: keeping((credentials) => {
      const inHand = new Map<string, string>();
      return {
        ...credentials,
        put: (_storeId, id, text) => Promise.resolve(void inHand.set(id, text)),
        get: (storeId, id) => Promise.resolve(inHand.get(id) ?? credentials.get(storeId, id)),
      };
    }),
  },
  {
    name: 'token-used-before-stored',
    standsFor: 'tokens are kept in memory first, and stored with the next ones',
    vault(vault) {
      const inHand = new Map<string, Parameters<Vault['put']>>();
      const nameOf = ({ storeId, id }: VaultKey) => `${storeId} ${id}`;
      return Object.assign(Object.create(vault) as Vault, {
        async get(key: VaultKey) {
          const given = key.kind === 'credentials' ? inHand.get(nameOf(key)) : undefined;
          return given ? { ...given[1], revision: given[2] + 1 } : vault.get(key);
        },
        async put(...given: Parameters<Vault['put']>) {
          const [key] = given;
          if (key.kind !== 'credentials') return vault.put(...given);
          const before = inHand.get(nameOf(key));
          inHand.set(nameOf(key), given);
          if (before) await vault.put(...before);
          return 'done';
        },
        async remove(key: VaultKey) {
          inHand.delete(nameOf(key));
          await vault.remove(key);
        },
      });
    },
  },
  {
    name: 'refresh-token-used-again',
    standsFor: 'the refresh token that comes with new tokens is not kept',
    oauths: (oauths) => ({
      at(provider, environment) {
        const app = oauths.at(provider, environment);
        return (
          app && {
            ...app,
            async refresh(refreshToken) {
              const granted = await app.refresh(refreshToken);
              if (granted.kind !== 'ok') return granted;
              const { refreshToken: _next, ...value } = granted.value;
              return { kind: 'ok', value };
            },
          }
        );
      },
    }),
  },
  {
    name: 'credentials-kept-at-end',
    standsFor: 'the credentials of a connection that ended stay in the vault',
    vault: (vault) =>
      Object.assign(Object.create(vault) as Vault, {
        remove: (key: VaultKey) =>
          key.kind === 'credentials' ? Promise.resolve() : vault.remove(key),
      }),
  },
  {
    name: 'token-of-newest-shop',
    standsFor: 'a token is looked up without its shop: the newest of all shops is sent',
    features(features) {
      let newest: string | undefined;
      const newestOfAll = keeping((credentials) => ({
        ...credentials,
        async put(storeId, id, text) {
          await credentials.put(storeId, id, text);
          newest = text;
        },
        get: (storeId, id) => Promise.resolve(newest ?? credentials.get(storeId, id)),
      }));
      return newestOfAll(features);
    },
  },
  {
    name: 'calls-counted-twice',
    standsFor: 'calls to a provider are counted where they begin and where they end',
    providers: countingTwice,
  },
  {
    name: 'health-forgotten',
    standsFor: 'the health of a connection is recorded without regard to what it was',
    nodeLog: forgettingHealth,
  },
  {
    name: 'refused-token-accepted',
    standsFor: 'any answer of the provider counts as a yes',
    providers: accepting,
  },
];
