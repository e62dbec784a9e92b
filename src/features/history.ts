import { historyEntityRoutes } from '../api/routes/history/entities.ts';
import { historyRoutes } from '../api/routes/history/history.ts';
import { correlations } from '../projections/history/by-correlation/projection.ts';
import { eventHours } from '../projections/history/by-time/projection.ts';
import type { Feature } from './feature.ts';

export const history: Feature = {
  name: 'history',
  eventTypes: [],
  projections: [correlations, eventHours],
  processes: [],
  routes: [...historyRoutes, ...historyEntityRoutes],
};
