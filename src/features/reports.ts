import { reportRoutes } from '../api/routes/reports/reports.ts';
import { dailySales } from '../projections/reports/daily-sales/projection.ts';
import { defineFeature } from './feature.ts';

export const reports = defineFeature({
  name: 'reports',
  projections: [dailySales],
  documents: { 'daily-sales': "A shop's business day: `GET /reports/daily-sales`." },
  routes: reportRoutes,
});
