import { deliveryRoutes } from '../api/routes/deliveries/deliveries.ts';
import { reportRoutes } from '../api/routes/deliveries/reports.ts';
import { systemDeliveryRoutes } from '../api/routes/deliveries/system.ts';
import { deliveryDecider, type DeliveryEvent, deliveryEvents } from '../domain/deliveries/index.ts';
import { describeDeliveryEvent } from '../projections/deliveries/describe.ts';
import { deliveries as deliveryList } from '../projections/deliveries/projection.ts';
import { defineFeature } from './feature.ts';

export const deliveries = defineFeature({
  name: 'deliveries',
  deciders: [deliveryDecider],
  events: deliveryEvents,
  projections: [deliveryList],
  documents: { deliveries: 'A message with its attempts: `GET /deliveries`, by id too.' },
  routes: [...systemDeliveryRoutes, ...deliveryRoutes, ...reportRoutes],
  descriptions: [
    { category: 'delivery', describe: (event) => describeDeliveryEvent(event as DeliveryEvent) },
  ],
});
