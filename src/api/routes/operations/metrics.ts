import { Type } from '@sinclair/typebox';

import { type Route, route } from '../../route.ts';

/** Metrics for a scraper (H2). Read from the memory of the instance: no storage is asked. */
export const metricsRoute: Route = route({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'Metrics of this instance in the text format of Prometheus',
  description: 'Each instance has its own. With `METRICS_PORT` a scraper needs no key.',
  tag: 'Operation',
  permission: 'metrics:read',
  status: 200,
  response: Type.String(),
  produces: 'text/plain',
  write: false,
  async handle(_request, { metrics }) {
    const { contentType, text } = await metrics.scrape();
    return { status: 200, body: text, contentType };
  },
});
