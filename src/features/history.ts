import { historyEntityRoutes } from '../api/routes/history-entities.ts';
import { historyRoutes } from '../api/routes/history.ts';
import { correlations } from '../projections/correlations/projection.ts';
import { eventHours } from '../projections/event-hours/projection.ts';
import type { Feature } from './feature.ts';

export const history: Feature = {
  name: 'history',
  eventTypes: [],
  projections: [correlations, eventHours],
  processes: [],
  routes: [...historyRoutes, ...historyEntityRoutes],
};
