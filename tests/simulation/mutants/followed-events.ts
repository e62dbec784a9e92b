import type { Feature } from '../../../src/features/feature.ts';
import { SHOPS } from '../nodes/shops.ts';
import { recording } from './identity.ts';
import type { Mutant } from './mutant.ts';

const FOLLOWING = 'webhook-following';
const [FIRST = { id: '' }] = SHOPS;

/** Bugs of events that systems of shops follow. */
export const followedMutants: readonly Mutant[] = [
  {
    name: 'followed-out-of-order',
    standsFor: 'webhooks about one order do not wait for each other',
    nodeLog: recording('DeliveryRequested', ({ orderKey, ...data }) =>
      data['channel'] === 'subscription'
        ? data
        : { ...data, ...(orderKey !== undefined && { orderKey }) },
    ),
  },
  {
    name: 'followed-by-every-shop',
    standsFor: 'the subscriptions of one shop get the events of all shops',
    features: (features: readonly Feature[]) =>
      features.map((feature) => ({
        ...feature,
        processes: feature.processes.map((process) => {
          if (process.name !== FOLLOWING || !('open' in process)) return process;
          return {
            ...process,
            open: (services, stopping) =>
              process.open(
                {
                  ...services,
                  commands: Object.assign(
                    Object.create(services.commands) as typeof services.commands,
                    {
                      load: (decider: never, _storeId: string, entityId: string) =>
                        services.commands.load(decider, FIRST.id, entityId),
                    },
                  ),
                },
                stopping,
              ),
          };
        }),
      })),
  },
  {
    name: 'followed-event-forgotten',
    standsFor: 'one kind of event is not sent, though systems follow it',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        processes: feature.processes.map((process) =>
          process.name === FOLLOWING
            ? {
                ...process,
                eventTypes: process.eventTypes.filter((type) => type !== 'OrderPlaced'),
              }
            : process,
        ),
      })),
  },
];
