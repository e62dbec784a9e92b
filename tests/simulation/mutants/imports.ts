import type { Route } from '../../../src/api/route.ts';
import type { CommandEngine } from '../../../src/engine/commands/command-engine.ts';
import type { Digest } from '../../../src/ports/digest.ts';
import type { Mutant } from './mutant.ts';

/** Each import with skus of its own, by which no product of an earlier one is found. */
function withOwnSkus(route: Route): Route {
  let imports = 0;
  return {
    ...route,
    handle: (request, services) => {
      imports += 1;
      const rows = request.body as readonly { readonly sku: string }[];
      const body = rows.map(({ sku, ...row }) => ({ ...row, sku: `${sku}-${imports}` }));
      return route.handle({ ...request, body }, services);
    },
  };
}

const withHandle =
  (operationId: string, wrong: (route: Route) => Route): NonNullable<Mutant['features']> =>
  (features) =>
    features.map((feature) => ({
      ...feature,
      routes: feature.routes.map((route) =>
        route.operationId === operationId ? wrong(route) : route,
      ),
    }));

/** Each import takes the order of a sale for another one. */
function withOwnOrderIds(route: Route): Route {
  let imports = 0;
  return {
    ...route,
    handle(request, services) {
      imports += 1;
      const digest: Digest = {
        ...services.digest,
        sha256(content) {
          const isOrder = typeof content === 'string' && content.includes('square-order');
          return services.digest.sha256(isOrder ? `${content} ${imports}` : content);
        },
      };
      return route.handle(request, { ...services, digest });
    },
  };
}

/** A later version of an order is taken for one that is known. */
const withoutFollowing = (commands: CommandEngine): CommandEngine => ({
  ...commands,
  execute(decider, request) {
    if (request.command.type !== 'FollowProvider') return commands.execute(decider, request);
    return commands.execute({ ...decider, decide: () => [] }, request);
  },
});

/** Refunds get a command of their own in each import. */
function withOwnRefunds(commands: CommandEngine): CommandEngine {
  let refunds = 0;
  return {
    ...commands,
    execute(decider, request) {
      const { commandId } = request.context;
      if (!commandId.startsWith('square-refund-')) return commands.execute(decider, request);
      const context = { ...request.context, commandId: `${commandId}-${(refunds += 1)}` };
      return commands.execute(decider, { ...request, context });
    },
  };
}

/** Bugs of imports. */
export const importMutants: readonly Mutant[] = [
  {
    name: 'import-adds-again',
    standsFor: 'an import does not find the products of the one before, and adds them again',
    features: withHandle('importProducts', withOwnSkus),
  },
  {
    name: 'order-imported-twice',
    standsFor: 'an import does not find the order that an earlier one made of the same sale',
    features: withHandle('importOrders', withOwnOrderIds),
  },
  {
    name: 'later-version-not-followed',
    standsFor: 'a later version of an imported order changes nothing here',
    commands: withoutFollowing,
  },
  {
    name: 'refund-imported-twice',
    standsFor: 'a refund of an imported order is recorded again by the next import',
    commands: withOwnRefunds,
  },
];
