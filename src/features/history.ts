import { historyRoutes } from '../api/routes/history/history.ts';
import { correlations } from '../projections/history/by-correlation/projection.ts';
import { eventHours } from '../projections/history/by-time/projection.ts';
import { categoriesOf, defineFeature, type Feature } from './feature.ts';

/** The history of all other features. */
export function history(concepts: readonly Feature[]): Feature {
  const categories = categoriesOf(concepts);
  return defineFeature({
    name: 'history',
    projections: [correlations(categories), eventHours(categories)],
    documents: {
      correlations:
        'The positions of the events of one request: `GET /history?correlation=`, causes, effects.',
      'event-hours': 'The positions of the events of one hour: `GET /history?from=&to=`.',
    },
    routes: [
      ...historyRoutes,
      ...concepts.flatMap(({ timeTravel }) => timeTravel.flatMap(({ routes }) => routes)),
    ],
  });
}
