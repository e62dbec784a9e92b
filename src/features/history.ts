import { historyRoutes } from '../api/routes/history/history.ts';
import { correlations } from '../projections/history/by-correlation/projection.ts';
import { eventHours } from '../projections/history/by-time/projection.ts';
import { defineFeature, type Feature } from './feature.ts';

/** What happened, of all the other concepts. */
export function history(concepts: readonly Feature[]): Feature {
  return defineFeature({
    name: 'history',
    projections: [correlations, eventHours],
    documents: {
      correlations:
        'The positions of the events of one request: `GET /history?correlation=`, and causes and effects of an event.',
      'event-hours': 'The positions of the events of one hour: `GET /history?from=&to=`.',
    },
    routes: [
      ...historyRoutes,
      ...concepts.flatMap(({ timeTravel }) => timeTravel.flatMap(({ routes }) => routes)),
    ],
  });
}
