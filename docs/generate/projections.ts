import { STATE_MEANINGS } from '../../src/api/routes/operations/projection-states.ts';
import {
  BUILDING_STATES,
  PROJECTION_STATES,
} from '../../src/engine/projections/folding/generation.ts';
import { feedOf } from '../../src/engine/projections/lanes.ts';
import type { Feature } from '../../src/features/feature.ts';
import { code, table } from './markdown.ts';

const HEAD = ['Read model', 'Feature', 'Streams', 'Collection', 'Feed', 'A document is'];

/** The read models of one feature. @throws Error for one whose documents are not described. */
function rowsOf({ name: feature, projections, documents }: Feature): (readonly string[])[] {
  return projections.map((projection) => {
    const { name, categories, collection } = projection;
    const meaning = documents[name];
    if (meaning === undefined) {
      throw new Error(`expected ${feature} to say what a document of ${name} is`);
    }
    const streams = categories.map(code).join(', ');
    return [code(name), feature, streams, code(collection), code(feedOf(projection)), meaning];
  });
}

/** Every read model of the features. */
export function readModelTable(features: readonly Feature[]): string {
  return table(HEAD, features.flatMap(rowsOf));
}

/** Every state of a read model, and what it means. */
export function stateTable(): string {
  const rows = [...new Set([...BUILDING_STATES, ...PROJECTION_STATES])].map((state) => [
    code(state),
    STATE_MEANINGS[state],
  ]);
  return table(['State', 'Meaning'], rows);
}
