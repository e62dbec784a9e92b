import { alertRoutes } from '../api/routes/alerts/alerts.ts';
import { alertDecider, type AlertEvent, alertEvents } from '../domain/alerts/index.ts';
import { describeAlertEvent } from '../projections/alerts/describe.ts';
import { alerts as alertModel } from '../projections/alerts/projection.ts';
import { defineFeature } from './feature.ts';

export const alerts = defineFeature({
  name: 'alerts',
  deciders: [alertDecider],
  events: alertEvents,
  projections: [alertModel],
  documents: { alerts: 'An alert: `GET /alerts`, by id too.' },
  routes: alertRoutes,
  descriptions: [
    { category: 'alert', describe: (event) => describeAlertEvent(event as AlertEvent) },
  ],
});
