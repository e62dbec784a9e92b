import { restoreRoutes } from '../api/routes/restores/restores.ts';
import { restoreDecider, restoreEvents } from '../domain/restores/index.ts';
import { describeSystemEvent } from '../projections/history/system.ts';
import { defineFeature } from './feature.ts';

/** Logs that were replaced by an older copy of themselves. */
export const restores = defineFeature({
  name: 'restores',
  deciders: [restoreDecider],
  events: restoreEvents,
  routes: restoreRoutes,
  descriptions: [{ category: 'restore', describe: describeSystemEvent }],
});
