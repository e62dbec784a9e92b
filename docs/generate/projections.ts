import { STATE_MEANINGS } from '../../src/api/routes/operations/projection-states.ts';
import { BUILDING_STATES } from '../../src/engine/projections/folding/generation.ts';
import type { Projection } from '../../src/engine/projections/folding/projection.ts';
import type { Feature } from '../../src/features/feature.ts';
import { code, table } from './markdown.ts';

const DEFAULT_LANE = 'sales';

type Laned = Projection & { readonly feed?: string };

/** Every read model of the features. @throws Error for one whose documents are not described. */
export function readModelTable(features: readonly Feature[]): string {
  const all = features.flatMap((feature) =>
    feature.projections.map((projection: Laned) => ({ feature, projection })),
  );
  const lanes = all.some(({ projection }) => projection.feed !== undefined);
  const rows = all.map(({ feature, projection }) => {
    const { name, categories, collection, feed = DEFAULT_LANE } = projection;
    const meaning = feature.documents[name];
    if (meaning === undefined) {
      throw new Error(`expected ${feature.name} to say what a document of ${name} is`);
    }
    return [
      code(name),
      feature.name,
      categories.map(code).join(', '),
      code(collection),
      ...(lanes ? [code(feed)] : []),
      meaning,
    ];
  });
  const head = ['Read model', 'Feature', 'Streams', 'Collection', ...(lanes ? ['Feed'] : [])];
  return table([...head, 'A document is'], rows);
}

/** Every state of a read model, and what it means. */
export function stateTable(): string {
  const rows = BUILDING_STATES.map((state) => [code(state), STATE_MEANINGS[state]]);
  return table(['State', 'Meaning'], rows);
}
