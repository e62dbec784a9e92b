import { historyRoutes } from '../api/routes/history/history.ts';
import { correlations } from '../projections/history/by-correlation/projection.ts';
import { eventHours } from '../projections/history/by-time/projection.ts';
import { categoriesOf, defineFeature, type Feature } from './feature.ts';

/** What happened, of all the other concepts. */
export function history(concepts: readonly Feature[]): Feature {
  const categories = categoriesOf(concepts);
  return defineFeature({
    name: 'history',
    projections: [correlations(categories), eventHours(categories)],
    routes: [
      ...historyRoutes,
      ...concepts.flatMap(({ timeTravel }) => timeTravel.flatMap(({ routes }) => routes)),
    ],
  });
}
