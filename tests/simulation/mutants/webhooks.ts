import type { Route } from '../../../src/api/route.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { Mutant } from './mutant.ts';

const COUNTS = { received: 1, ignored: 0, duplicates: 0, unassigned: 0 };

const isReceiver = ({ method, path }: Route) =>
  method === 'post' && path.startsWith('/webhooks/') && path.endsWith('/:app');

const receiving =
  (change: (receive: Route['handle']) => Route['handle']) =>
  (features: readonly Feature[]): readonly Feature[] =>
    features.map((feature) => ({
      ...feature,
      routes: feature.routes.map((route) =>
        isReceiver(route) ? { ...route, handle: change(route.handle.bind(route)) } : route,
      ),
    }));

/** Bugs of webhooks that providers send. */
export const webhookMutants: readonly Mutant[] = [
  {
    name: 'webhook-answered-first',
    standsFor: 'a webhook is acknowledged before it is durable, so that a crash loses it',
    features: receiving((receive) => (request, services) => {
      void receive(request, services).catch(() => undefined);
      return Promise.resolve({ status: 200, body: COUNTS });
    }),
  },
  {
    name: 'webhook-key-per-request',
    standsFor: 'a webhook that comes again is another one, so that its effect comes twice',
    features: receiving((receive) => {
      let requests = 0;
      return (request, { webhookSources, ...services }) => {
        requests += 1;
        const suffix = String(requests);
        const sources: typeof webhookSources = {
          ...webhookSources,
          find(provider, app) {
            const source = webhookSources.find(provider, app);
            return (
              source && {
                ...source,
                read: (...given) =>
                  source
                    .read(...given)
                    .map((content) => ({ ...content, key: `${content.key}-${suffix}` })),
              }
            );
          },
        };
        return receive(request, { ...services, webhookSources: sources });
      };
    }),
  },
  {
    name: 'webhook-of-other-shop',
    standsFor: 'a webhook is kept in the shop of the app, whatever its account is',
    features: receiving((receive) => (request, { webhookSources, ...services }) => {
      const sources: typeof webhookSources = {
        ...webhookSources,
        find(provider, app) {
          const source = webhookSources.find(provider, app);
          return (
            source && {
              ...source,
              owner: (content) => {
                const owner = source.owner(content);
                return owner && { ...owner, shop: source.shop };
              },
            }
          );
        },
      };
      return receive(request, { ...services, webhookSources: sources });
    }),
  },
  {
    name: 'notice-taken-for-money',
    standsFor: 'a notice of a payment counts as paid, whatever the provider shows',
    providers: (clients) => ({
      open(provider, environment, options) {
        const client = clients.open(provider, environment, options);
        return (
          client && {
            ...client,
            async findTransaction(id) {
              const found = await client.findTransaction(id);
              if (found.kind !== 'ok' || !found.value) return found;
              return { kind: 'ok', value: { ...found.value, status: 'succeeded' } };
            },
          }
        );
      },
    }),
  },
  {
    name: 'webhooks-forgotten',
    standsFor: 'a webhook is kept and acknowledged, and then not carried out',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        processes: feature.processes.map((process) =>
          process.name === 'webhook-processing' ? { ...process, eventTypes: [] } : process,
        ),
      })),
  },
];
