import { paymentNoticeRoutes } from '../api/routes/payment-notices/notices.ts';
import { noticeDecider, type NoticeEvent, noticeEvents } from '../domain/payment-notices/index.ts';
import { paymentNoticesProcess } from '../processes/payments/payment-notices.ts';
import { describeNoticeEvent } from '../projections/payment-notices/describe.ts';
import { paymentNotices as readModel } from '../projections/payment-notices/projection.ts';
import { defineFeature } from './feature.ts';

export const paymentNotices = defineFeature({
  name: 'payment-notices',
  deciders: [noticeDecider],
  events: noticeEvents,
  projections: [readModel],
  documents: {
    'payment-notices': 'A notice of the payment provider: `GET /payment-notices`.',
  },
  processes: [paymentNoticesProcess],
  routes: paymentNoticeRoutes,
  descriptions: [
    { category: 'paymentnotice', describe: (event) => describeNoticeEvent(event as NoticeEvent) },
  ],
});
