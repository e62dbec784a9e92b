import type { Route } from '../../../src/api/route.ts';
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

/** Bugs of imports. */
export const importMutants: readonly Mutant[] = [
  {
    name: 'import-adds-again',
    standsFor: 'an import does not find the products of the one before, and adds them again',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        routes: feature.routes.map((route) =>
          route.operationId === 'importProducts' ? withOwnSkus(route) : route,
        ),
      })),
  },
];
