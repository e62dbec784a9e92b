import { paymentRoutes } from '../api/routes/payments.ts';
import { payments as paymentList } from '../projections/payments/projection.ts';
import type { Feature } from './feature.ts';

export const payments: Feature = {
  name: 'payments',
  eventTypes: [],
  projections: [paymentList],
  processes: [],
  routes: paymentRoutes,
};
