import { systemHistoryRoutes } from '../api/routes/history/system.ts';
import { encryptionRoutes } from '../api/routes/operations/encryption.ts';
import { healthRoutes } from '../api/routes/operations/health.ts';
import { metricsRoute } from '../api/routes/operations/metrics.ts';
import { openApiRoute } from '../api/routes/operations/openapi.ts';
import { projectionRoutes } from '../api/routes/operations/projections.ts';
import { statusRoute } from '../api/routes/operations/status.ts';
import { describeSystemEvent } from '../projections/history/system.ts';
import { defineFeature } from './feature.ts';

/** The system itself: its health, its documentation, and the operations on read models. */
export const operations = defineFeature({
  name: 'operations',
  routes: [
    ...healthRoutes,
    statusRoute,
    metricsRoute,
    openApiRoute,
    ...projectionRoutes,
    ...encryptionRoutes,
    ...systemHistoryRoutes,
  ],
  descriptions: [{ category: 'projection', describe: describeSystemEvent }],
});
