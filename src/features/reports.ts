import { reportRoutes } from '../api/routes/reports/reports.ts';
import { dailySales } from '../projections/reports/daily-sales/projection.ts';
import type { Feature } from './feature.ts';

export const reports: Feature = {
  name: 'reports',
  eventTypes: [],
  projections: [dailySales],
  processes: [],
  routes: reportRoutes,
};
