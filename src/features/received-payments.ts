import { paymentRoutes } from '../api/routes/received-payments/payments.ts';
import { payments as paymentList } from '../projections/received-payments/projection.ts';
import type { Feature } from './feature.ts';

export const payments: Feature = {
  name: 'payments',
  eventTypes: [],
  projections: [paymentList],
  processes: [],
  routes: paymentRoutes,
};
