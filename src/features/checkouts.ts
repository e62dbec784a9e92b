import { checkoutRoutes } from '../api/routes/checkouts/checkouts.ts';
import { checkoutDecider, type CheckoutEvent, checkoutEvents } from '../domain/checkouts/index.ts';
import { checkoutsProcess } from '../processes/checkouts/checkouts.ts';
import { describeCheckoutEvent } from '../projections/checkouts/describe.ts';
import { checkouts as readModel } from '../projections/checkouts/projection.ts';
import { defineFeature } from './feature.ts';

export const checkouts = defineFeature({
  name: 'checkouts',
  deciders: [checkoutDecider],
  events: checkoutEvents,
  projections: [readModel],
  documents: {
    checkouts: 'A page at a provider on which an order is paid: `GET /checkouts`, by id too.',
  },
  processes: [checkoutsProcess],
  routes: checkoutRoutes,
  descriptions: [
    { category: 'checkout', describe: (event) => describeCheckoutEvent(event as CheckoutEvent) },
  ],
});
