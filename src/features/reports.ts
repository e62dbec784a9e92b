import { reportRoutes } from '../api/routes/reports.ts';
import { dailySales } from '../projections/daily-sales/projection.ts';
import type { Feature } from './feature.ts';

export const reports: Feature = {
  name: 'reports',
  eventTypes: [],
  projections: [dailySales],
  processes: [],
  routes: reportRoutes,
};
