import { historyEntity } from '../api/routes/history/entities.ts';
import { paymentAttemptRoutes } from '../api/routes/payment-attempts/payments.ts';
import { PaymentParams } from '../api/routes/payment-attempts/schemas.ts';
import { paymentDecider, type PaymentEvent, paymentEvents } from '../domain/payments/index.ts';
import { paymentsProcess } from '../processes/payments/payments.ts';
import { describePaymentEvent } from '../projections/payment-attempts/describe.ts';
import { PaymentAttemptSchema } from '../projections/payment-attempts/document.ts';
import { paymentAttempts } from '../projections/payment-attempts/projection.ts';
import { defineFeature } from './feature.ts';

export const payments = defineFeature({
  name: 'payments',
  deciders: [paymentDecider],
  events: paymentEvents,
  projections: [paymentAttempts],
  documents: {
    'payment-attempts': 'A payment through a provider: `GET /payment-attempts`, by id too.',
  },
  processes: [paymentsProcess],
  routes: paymentAttemptRoutes,
  descriptions: [
    { category: 'payment', describe: (event) => describePaymentEvent(event as PaymentEvent) },
  ],
  timeTravel: [
    historyEntity({
      category: 'payment',
      path: 'payment-attempts',
      id: 'attemptId',
      noun: 'payment',
      name: 'PaymentAttempt',
      article: 'A payment through a provider',
      notFound: 'payment_not_found',
      params: PaymentParams,
      readModel: paymentAttempts,
      document: PaymentAttemptSchema,
    }),
  ],
});
