import { paymentRoutes } from '../api/routes/received-payments/payments.ts';
import { payments } from '../projections/received-payments/projection.ts';
import { defineFeature } from './feature.ts';

export const receivedPayments = defineFeature({
  name: 'received-payments',
  projections: [payments],
  documents: { payments: 'A payment of an order or account: `GET /payments`, by id too.' },
  routes: paymentRoutes,
});
